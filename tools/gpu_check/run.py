"""Checks a GPU with what pack.py made. Needs Python's standard library, an
NVIDIA driver, CUDA 13's runtime, cuBLAS and cuDNN 9, and nothing else.

  cd FOLDER && python3 -m tools.gpu_check.run --out=report

Writes report/gpu_check.json and report/gpu_check.md, again after each part.
Exit status 0 when everything passed, 1 otherwise.
"""

import argparse
import json
import os
import shutil
import site
import sys
import tarfile
import tempfile
import time

from tools.gpu_check import cuda_libraries
from tools.gpu_check import device_tests
from tools.gpu_check import gpu
from tools.gpu_check import programs
from tools.gpu_check import report
from tools.gpu_check import speeds
from tools.gpu_check import trainings

PACK = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_SECONDS = 450  # for all parts
_TEST_SECONDS = 180  # for all device tests
# What is packed of them must run before anything else is tried.
_START_TOOLS = {
    "tools/device": [],
    "tools/time": ["--net=net/densenet_fashion.prototxt", "--batch_size=1",
                   "--iterations=1", "--device=cuda"],
}


def _ldconfig():
    for program in ("ldconfig", "/sbin/ldconfig"):
        outcome = programs.run([program, "-p"], 10, tail_bytes=2**20)
        if outcome.code == 0:
            return outcome.output
    return ""


class Check:
    """A check of this machine: its parts, in the order of their importance."""

    def __init__(self, pack, work, clock):
        with open(os.path.join(pack, "manifest.json"), encoding="utf-8") as file:
            self._manifest = json.load(file)
        self._pack, self._work, self._clock = pack, work, clock
        self._tree = os.path.join(work, "tree")
        self._env = dict(os.environ)
        self._rates = None

    def find_gpu(self):
        """The part that all others need."""
        folders = cuda_libraries.candidate_folders(
            os.environ, _ldconfig(),
            sys.path + site.getsitepackages() + [site.getusersitepackages()])
        driver = cuda_libraries.find(["libcuda.so.1"], folders)
        self._env["LD_LIBRARY_PATH"] = ":".join(
            [*driver.values(), os.environ.get("LD_LIBRARY_PATH", "")]).strip(":")
        count, why = gpu.count_devices(self._env)
        if not count:
            return {"status": "failed", "note": f"no GPU was found: {why}"}
        values = gpu.query("name,driver_version,memory.total") or ["unknown"]
        self._rates = gpu.datasheet(values[0])
        needed = self._manifest["cuda_libraries"]
        found = cuda_libraries.find(
            needed + list(cuda_libraries.OPTIONAL) + ["libcuda.so.1"], folders)
        self._env["LD_LIBRARY_PATH"] = cuda_libraries.library_path(
            os.path.join(self._tree, "lib"), found)
        missing = [name for name in needed if name not in found]
        if missing:
            return {"status": "failed", "note": "not found: " + ", ".join(missing)}
        rates = "" if self._rates else "; its datasheet is not known"
        return {"status": "passed", "note": ", ".join(values) + rates,
                "table": {"columns": ["library", "folder"],
                          "rows": sorted(found.items())}}

    def unpack(self):
        """Files and programs, and whether the programs fit this system."""
        with tarfile.open(os.path.join(self._pack, "tree.tar.xz")) as archive:
            archive.extractall(self._tree)
        trainings.write_images(self._work)
        outputs = {}
        for tool, flags in _START_TOOLS.items():
            path = os.path.join(self._tree, tool)
            if not os.path.exists(path):
                continue
            outcome = programs.run([path, *flags], self._clock.limit(60),
                                   self._env, self._tree)
            outputs[tool] = outcome.output
            why = programs.explain(outcome)
            if why:
                return {"status": "failed", "note": f"{tool}: {why}",
                        "outputs": outputs}
        return {"status": "passed", "note": f'of {self._manifest["commit"]}',
                "outputs": outputs}

    def run_tests(self):
        """All device tests."""
        clock = programs.Clock(self._clock.limit(_TEST_SECONDS))
        at_once = max(1, min(8, (os.cpu_count() or 1) // 2))
        return device_tests.part(device_tests.run_all(
            self._manifest["tests"], self._tree, self._env, clock, at_once))

    def compare_losses(self):
        """Ten steps on the GPU and on the CPU."""
        return trainings.compare_losses(self._tree, self._work, self._env,
                                        self._clock)

    def measure(self):
        """Both networks in each precision."""
        return speeds.part(speeds.measure_tamp(
            self._tree, self._work, self._env, self._clock, self._rates))

    def _torch(self, variants):
        probe = programs.run([sys.executable, "-c", "import torch"],
                             self._clock.limit(60))
        if probe.code != 0:
            return {"status": "not run", "note": programs.explain(probe)}
        part = speeds.part(speeds.measure_torch(
            sys.executable, os.path.join(self._pack, "docs/pytorch_baseline.py"),
            self._work, dict(os.environ), self._clock, variants))
        # What PyTorch cannot do is no fault of this program.
        return dict(part, status="passed" if part["status"] == "passed" else
                    "not run")

    def measure_torch(self):
        """PyTorch as one writes it first, and its usual best."""
        return self._torch(speeds.TORCH_VARIANTS)

    def measure_compiled_torch(self):
        """PyTorch's compiler, which takes its time."""
        return self._torch(speeds.TORCH_COMPILED)

    def sanitize(self):
        """compute-sanitizer over a short training."""
        home = os.environ.get("CUDA_HOME") or "/usr/local/cuda"
        sanitizer = (shutil.which("compute-sanitizer") or
                     shutil.which(os.path.join(home, "bin/compute-sanitizer")))
        return trainings.sanitize(sanitizer, self._tree, self._work, self._env,
                                  self._clock)


def parts_of(check):
    """(name, function, whether the parts behind it need it)."""
    return [
        ("GPU", check.find_gpu, True),
        ("programs start", check.unpack, True),
        ("device tests", check.run_tests, False),
        ("losses beside the CPU", check.compare_losses, False),
        ("speed", check.measure, False),
        ("PyTorch", check.measure_torch, False),
        ("compute-sanitizer", check.sanitize, False),
        ("PyTorch, compiled", check.measure_compiled_torch, False),
    ]


def run_parts(named, clock, out):
    """Runs the parts; one that raises has failed, and the rest goes on."""
    parts, blocked = [], ""
    for name, function, is_needed in named:
        start = time.monotonic()
        if blocked or clock.left() < 1:
            part = {"status": "not run", "note": blocked or "no time was left"}
        else:
            try:
                part = function()
            except Exception as error:  # whatever it is, it goes to the report
                part = {"status": "failed",
                        "note": f"{type(error).__name__}: {error}"}
        part = {"name": name, "seconds": time.monotonic() - start, **part}
        parts.append(part)
        report.write(out, parts)
        print(f'{name}: {part["status"]}: {part["note"]}', flush=True)
        if is_needed and part["status"] != "passed":
            blocked = blocked or f'"{name}" did not pass'
    return parts


def main(arguments=None):
    flags = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    flags.add_argument("--pack", default=PACK, help="what pack.py made")
    flags.add_argument("--out", default="gpu_check", help="folder of the report")
    flags.add_argument("--seconds", type=float, default=_SECONDS,
                       help="no part begins later")
    flags = flags.parse_args(arguments)
    clock = programs.Clock(flags.seconds)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        parts = run_parts(parts_of(Check(flags.pack, work, clock)), clock, flags.out)
    return 0 if report.is_success(parts) else 1


if __name__ == "__main__":
    sys.exit(main())
