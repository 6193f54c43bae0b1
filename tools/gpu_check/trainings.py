"""Short trainings on made-up images: the losses beside the CPU's, and
compute-sanitizer's opinion."""

import json
import math
import os
import random
import re

from tools.gpu_check import programs

_STEPS = 10
# Of ten steps of densenet40 on a CPU, with and without passes, that is with sums
# in other orders, the first three differ by 1.2e-5 and all by 1.2e-3.
_FIRST_STEPS, _FIRST_TOLERANCE, _TOLERANCE = 3, 1e-3, 2e-2
_RECORDS = 128  # a file
_CPU_LIMIT, _GPU_LIMIT, _SANITIZER_LIMIT = 60, 60, 90

_SOLVER = """net: "net/densenet40.prototxt"
base_lr: 0.1 momentum: 0.9 weight_decay: 0.0001 lr_policy: "fixed"
display: 1 max_iter: {steps} random_seed: 1
snapshot_after_train: false test_initialization: false
"""


def write_images(folder):
    """Files in CIFAR-10's layout: noise whose level tells the class."""
    source = random.Random(1)
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]
    for name in names:
        with open(os.path.join(folder, name), "wb") as file:
            for _ in range(_RECORDS):
                label = source.randrange(10)
                noise = (20 * label + byte % 56 for byte in source.randbytes(3072))
                file.write(bytes([label, *noise]))


def _train_command(tree, folder, device, steps, metrics):
    solver = os.path.join(folder, f"{steps}_steps.prototxt")
    with open(solver, "w", encoding="utf-8") as file:
        file.write(_SOLVER.format(steps=steps))
    return [os.path.join(tree, "tools/train"), f"--solver={solver}",
            f"--data_dir={folder}", f"--device={device}", f"--metrics={metrics}"]


def read_losses(path):
    """The losses of each step."""
    with open(path, encoding="utf-8") as file:
        records = [json.loads(line) for line in file if line.strip()]
    return [record["loss"] for record in records if record["type"] == "train"]


def judge_losses(cpu, gpu):
    """(status, note) of two lists of losses."""
    if len(cpu) != _STEPS or len(gpu) != _STEPS:
        return "failed", f"{len(cpu)} steps on the CPU, {len(gpu)} on the GPU"
    for i, (a, b) in enumerate(zip(cpu, gpu)):
        tolerance = _FIRST_TOLERANCE if i < _FIRST_STEPS else _TOLERANCE
        if a is None or b is None or not math.isfinite(a - b):
            return "failed", f"step {i + 1}: losses {a} and {b}"
        if abs(a - b) > tolerance:
            return "failed", (f"step {i + 1}: {a:.6f} on the CPU, {b:.6f} on the "
                              f"GPU, more than {tolerance} apart")
    worst = max(abs(a - b) for a, b in zip(cpu, gpu))
    return "passed", f"{_STEPS} steps, at most {worst:.2e} apart"


def compare_losses(tree, folder, env, clock):
    """The part of a report: densenet40 from one seed on both."""
    losses = {}
    for device, limit in (("cuda", _GPU_LIMIT), ("cpu", _CPU_LIMIT)):
        metrics = os.path.join(folder, f"{device}.jsonl")
        outcome = programs.run(
            _train_command(tree, folder, device, _STEPS, metrics),
            clock.limit(limit), env, tree)
        if outcome.code != 0:
            return {"status": "failed",
                    "note": f"--device={device}: {programs.explain(outcome)}",
                    "outputs": {device: outcome.output}}
        losses[device] = read_losses(metrics)
    status, note = judge_losses(losses["cpu"], losses["cuda"])
    return {"status": status, "note": note, "table": {
        "columns": ["step", "CPU", "GPU"],
        "rows": [[i + 1, a, b] for i, (a, b) in
                 enumerate(zip(losses["cpu"], losses["cuda"]))]}}


def judge_sanitizer(outcome):
    """(status, note) of what compute-sanitizer said."""
    summary = re.search(r"ERROR SUMMARY: (\d+) error", outcome.output)
    if outcome.code is None:
        return "not run", programs.explain(outcome)
    if not summary:  # It does not know this device, or not this machine.
        return "not run", "no summary; " + (programs.explain(outcome) or
                                            programs.last_line(outcome.output))
    if outcome.code != 0 or summary.group(1) != "0":
        return "failed", f"{summary.group(1)} errors; exit status {outcome.code}"
    return "passed", "no error in 2 steps"


def sanitize(sanitizer, tree, folder, env, clock):
    """The part of a report: memcheck over two steps of densenet40."""
    if not sanitizer:
        return {"status": "not run", "note": "there is no compute-sanitizer"}
    metrics = os.path.join(folder, "sanitized.jsonl")
    command = [sanitizer, "--tool=memcheck", "--error-exitcode=9",
               *_train_command(tree, folder, "cuda", 2, metrics)]
    outcome = programs.run(command, clock.limit(_SANITIZER_LIMIT), env, tree)
    status, note = judge_sanitizer(outcome)
    return {"status": status, "note": note,
            "outputs": {} if status == "passed" else {"output": outcome.output}}
