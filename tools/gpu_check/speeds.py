"""Measures trainings: tools:time in each precision, and PyTorch."""

import json
import os

from tools.gpu_check import gpu
from tools.gpu_check import programs

# Networks of net/, and the batch sizes that their recipes have.
NETS = (("densenet40", 64), ("densenet_bc121", 32))
PRECISIONS = ("float32", "tf32", "bf16", "fp16")
_TIME_LIMIT = 40
_TORCH_LIMIT = 60

# What PyTorch is asked for: a name, flags of the program that times it.
TORCH_VARIANTS = (
    ("PyTorch eager, its defaults (convolutions in TF32)", ["--layout=nchw"]),
    ("PyTorch channels_last, bf16 autocast",
     ["--layout=channels_last", "--autocast"]),
)
TORCH_COMPILED = (
    ("PyTorch channels_last, bf16 autocast, compiled",
     ["--layout=channels_last", "--autocast", "--compile"]),
)

COLUMNS = ["net", "what", "images/s", "ms a step", "GPU MiB", "own count MiB",
           "% of the bound", "note"]


def bound_seconds(operations, planned_bytes, precision, rates):
    """No step is faster: its multiply-adds at the datasheet's rate, or all of
    the planned memory written once and read once, whichever takes longer. None
    for a GPU whose rates are not known."""
    if not rates:
        return None
    rate = rates[precision if precision in rates else "half"]
    return max(operations / (rate * 1e12),
               2 * planned_bytes / (rates["bytes"] * 1e12))


def tamp_row(net, precision, report, mebibytes, rates):
    """A row of the table from tools:time's JSON."""
    seconds = report["step_ms"]["median"] / 1e3
    bound = bound_seconds(report["gflops"] * 1e9 * seconds,
                          report["planned_bytes"], precision, rates)
    return {
        "net": net, "what": f"Tamp {precision}",
        "images/s": report["images_per_second_train"],
        "ms a step": seconds * 1e3, "GPU MiB": mebibytes,
        "own count MiB": report["planned_bytes"] / 2**20,
        "% of the bound": bound and 100 * bound / seconds, "note": "",
    }


def _unmeasured(net, what, note):
    return {"net": net, "what": what, "note": note}


def _run_to_json(command, path, limit, env, cwd):
    """(report, note, memory): the report is None where there is none."""
    if limit < 1:
        return None, "not run: no time was left", None
    with gpu.MemoryWatch() as watch:
        outcome = programs.run(command + [f"--json={path}"], limit, env, cwd)
    if outcome.code != 0:
        return None, programs.explain(outcome), None
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file), "", watch.mebibytes
    except (OSError, ValueError) as error:
        return None, str(error), None


def measure_tamp(tree, folder, env, clock, rates):
    """Rows of all networks and precisions."""
    rows = []
    for net, batch in NETS:
        for precision in PRECISIONS:
            what = f"Tamp {precision}"
            command = [
                os.path.join(tree, "tools/time"), f"--net=net/{net}.prototxt",
                f"--batch_size={batch}", f"--compute={precision}",
                "--device=cuda", "--iterations=20", "--warmup=5"]
            path = os.path.join(folder, f"{net}_{precision}.json")
            report, note, mebibytes = _run_to_json(
                command, path, clock.limit(_TIME_LIMIT), env, tree)
            if report and not report["device"].startswith("cuda"):
                report, note = None, f'it ran on {report["device"]}'
            rows.append(tamp_row(net, precision, report, mebibytes, rates)
                        if report else _unmeasured(net, what, note))
    return rows


def measure_torch(python, program, folder, env, clock, variants):
    """Rows of all networks and variants in PyTorch."""
    rows = []
    for net, batch in NETS:
        for what, flags in variants:
            command = [python, program, f"--net={net}", f"--batch_size={batch}",
                       "--device=cuda", "--steps=20", "--warmup=5", *flags]
            path = os.path.join(folder, f"{net}_torch.json")
            report, note, mebibytes = _run_to_json(
                command, path, clock.limit(_TORCH_LIMIT), env, folder)
            rows.append({
                "net": net, "what": what,
                "images/s": report["images_per_second_train"],
                "ms a step": report["step_ms"], "GPU MiB": mebibytes,
                "own count MiB": report["peak_bytes"] / 2**20,
                "note": report["versions"],
            } if report else _unmeasured(net, what, note))
    return rows


def _cell(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.1f}"


def part(rows):
    """The part of a report; it passes where all was measured."""
    missing = [row for row in rows if row.get("images/s") is None]
    return {
        "status": "passed" if rows and not missing else "failed",
        "note": f"{len(rows) - len(missing)} of {len(rows)} measured",
        "table": {"columns": COLUMNS,
                  "rows": [[_cell(row.get(column)) for column in COLUMNS]
                           for row in rows]},
        "rows": rows,
    }
