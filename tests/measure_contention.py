#!/usr/bin/env python3
"""Measures how a training shares the machine with others.

    ./bazelw build //tools:train && tests/measure_contention.py

Trains the Fashion-MNIST recipe and densenet40 (batch 64, on random images),
alone and beside endless busy loops, and with more threads than processors. All
of a recipe's trainings are started at once and take turns of some seconds, the
others stopped, so that each ratio is one of neighboring turns: on a virtual
machine the speed itself changes within minutes. Also prints what independent
trainings of one thread each get beside the same loops, which never wait for
each other: the share that the system's scheduler gives to a program with as
many threads as there are processors. Prints a table in Markdown, and complains
when something else runs meanwhile. Takes 8 minutes.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RECIPES = {"fashion_mnist": "fashion_mnist", "densenet40": "cifar10"}
BUSY_LOOP = ("sh", "-c", "while :; do :; done")
# Processors. A turn in which other programs take more of them is reported.
OTHERS_ALLOWED = 0.1
# For threads and caches to find their places again.
SETTLE_SECONDS = 0.5


def write_random_cifar10(folder, images_a_file=2000):
    """Speed does not depend on what the images show."""
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]
    for name in names:
        with open(os.path.join(folder, name), "wb") as out:
            for i in range(images_a_file):
                out.write(bytes([i % 10]) + os.urandom(3072))


def write_solver(recipe, folder):
    """The recipe, without tests, with a record of each step."""
    with open(f"{ROOT}/solvers/{RECIPES[recipe]}.prototxt",
              encoding="utf-8") as file:
        text = file.read()
    text = text.replace('net: "', f'net: "{ROOT}/')
    text = text.replace("test_interval_epochs: 1\n", "")
    path = os.path.join(folder, f"{recipe}.prototxt")
    with open(path, "w", encoding="utf-8") as out:
        out.write(text + "\ndisplay: 1\n")
    return path


class Training:
    """A running training that stands still outside of its turns."""

    def __init__(self, program, recipe, folder, threads):
        reader, writer = os.pipe()
        command = [program, f"--solver={write_solver(recipe, folder)}",
                   "--max_epoch=100000", f"--metrics=/dev/fd/{writer}",
                   f"--snapshot_prefix={folder}/never", f"--threads={threads}"]
        if recipe == "densenet40":
            command.append(f"--data_dir={folder}")
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith("OPENBLAS_")}
        self.log = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(
            command, pass_fds=[writer], env=environment,
            stdout=subprocess.DEVNULL, stderr=self.log)
        os.close(writer)
        self.steps = []  # when each was reported
        self.records = os.fdopen(reader)
        threading.Thread(target=self._read, daemon=True).start()
        while len(self.steps) < 3:
            if self.process.poll() is not None:
                self.log.seek(0)
                sys.exit(f"{' '.join(command)}:\n{self.log.read()}")
            time.sleep(0.05)
        self.process.send_signal(signal.SIGSTOP)

    def _read(self):
        for line in self.records:
            if json.loads(line)["type"] == "train":
                self.steps.append(time.monotonic())

    def start_turn(self):
        self.process.send_signal(signal.SIGCONT)

    def end_turn(self, start):
        """Steps a second since `start`, from the first step to the last."""
        self.process.send_signal(signal.SIGSTOP)
        steps = [step for step in self.steps if step >= start]
        if len(steps) < 2:
            return 0
        return (len(steps) - 1) / (steps[-1] - steps[0])

    def kill(self):
        self.process.kill()
        self.process.wait()


class BusyLoops:
    """Endless loops of one thread each, of which some run."""

    def __init__(self, count):
        self.loops = [subprocess.Popen(BUSY_LOOP) for _ in range(count)]
        self.run(0)

    def run(self, count):
        for i, loop in enumerate(self.loops):
            loop.send_signal(signal.SIGCONT if i < count else signal.SIGSTOP)

    def kill(self):
        for loop in self.loops:
            loop.kill()
            loop.wait()


def others_seconds(processes):
    """Time of all processors, less that of these processes."""
    with open("/proc/stat", encoding="utf-8") as file:
        ticks = sum(map(int, file.readline().split()[1:4]))
    for process in processes:
        with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
        ticks -= sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def take_turn(trainings, busy, seconds):
    """The sum of the trainings' speeds, side by side, and the processors that
    other programs took meanwhile, on average."""
    ours = [training.process for training in trainings] + busy.loops
    for training in trainings:
        training.start_turn()
    time.sleep(SETTLE_SECONDS)
    start, others = time.monotonic(), others_seconds(ours)
    time.sleep(seconds)
    others = (others_seconds(ours) - others) / (time.monotonic() - start)
    return sum(training.end_turn(start) for training in trainings), others


def measure(program, recipe, folder, arguments):
    """Speeds by (what, busy loops): a list of one number a round."""
    cores = len(os.sched_getaffinity(0))
    loads = sorted({0, 1, cores})
    turns = [(threads, load) for threads in [cores] + arguments.threads
             for load in (loads if threads == cores else [0])]
    turns += [("independent", load) for load in loads]
    trainings = {threads: [Training(program, recipe, folder, threads)]
                 for threads in {cores, *arguments.threads}}
    trainings["independent"] = [Training(program, recipe, folder, 1)
                                for _ in range(cores)]
    busy = BusyLoops(cores)
    speeds = {turn: [] for turn in turns}
    try:
        for _ in range(arguments.rounds):
            for what, load in turns:
                busy.run(load)
                speed, others = take_turn(trainings[what], busy,
                                          arguments.seconds)
                speeds[what, load].append(speed)
                if others > OTHERS_ALLOWED:
                    print(f"{what}, {load} busy: other programs took "
                          f"{others:.2f} processors", file=sys.stderr)
    finally:
        busy.kill()
        for group in trainings.values():
            for training in group:
                training.kill()
    return cores, speeds


def print_table(recipe, cores, speeds):
    def row(label, what, load, base):
        ratios = [a / b for a, b in zip(speeds[what, load], speeds[base])]
        print(f"| {recipe}, {label} | "
              f"{statistics.median(speeds[what, load]):.4g} | "
              f"{statistics.median(ratios):.2f} | "
              f"{min(ratios):.2f} to {max(ratios):.2f} |")

    for what, load in speeds:
        if what == "independent":
            row(f"{cores} trainings of one thread, {load} busy", what, load,
                (what, 0))
        elif what == cores:
            row(f"{load} busy" if load else "alone", what, load, (cores, 0))
        else:
            row(f"{what} threads", what, load, (cores, 0))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--program", default=f"{ROOT}/bazel-bin/tools/train")
    parser.add_argument("--recipe", choices=RECIPES, action="append")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4, help="of a turn")
    parser.add_argument("--threads", type=int, nargs="*", default=[3, 4, 8])
    arguments = parser.parse_args()
    print("| work | steps/s | ratio | smallest to largest |")
    print("|---|---|---|---|")
    for recipe in arguments.recipe or RECIPES:
        with tempfile.TemporaryDirectory() as folder:
            write_random_cifar10(folder)
            print_table(recipe, *measure(arguments.program, recipe, folder,
                                         arguments))


if __name__ == "__main__":
    main()
