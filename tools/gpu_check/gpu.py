"""What GPU there is, its datasheet, and how much of its memory is taken."""

import sys
import threading

from tools.gpu_check import programs

# Asked in a process of its own: a driver may hang.
_COUNT = """
import ctypes
driver = ctypes.CDLL("libcuda.so.1")
code = driver.cuInit(0)
count = ctypes.c_int()
code = code or driver.cuDeviceGetCount(ctypes.byref(count))
print("error", code) if code else print("devices", count.value)
"""

_QUERY_LIMIT = 15

# Datasheets: 10^12 operations a second, dense, and 10^12 bytes a second.
_DATASHEETS = (
    ("H200", {"float32": 67, "tf32": 494, "half": 989, "bytes": 4.8}),
    ("H100 PCIe", {"float32": 51, "tf32": 378, "half": 756, "bytes": 2.0}),
    ("H100", {"float32": 67, "tf32": 494, "half": 989, "bytes": 3.35}),
    ("A100-SXM4-80GB", {"float32": 19.5, "tf32": 156, "half": 312,
                        "bytes": 2.039}),
    ("A100", {"float32": 19.5, "tf32": 156, "half": 312, "bytes": 1.555}),
)


def count_devices(env):
    """(number of GPUs, why there is none)."""
    outcome = programs.run([sys.executable, "-c", _COUNT], _QUERY_LIMIT, env)
    line = programs.last_line(outcome.output)
    if outcome.code != 0:
        return 0, programs.explain(outcome)
    word, _, number = line.partition(" ")
    if word != "devices":
        return 0, f"the driver answers with error {number}"
    return int(number), "" if int(number) else "the driver knows no device"


def query(fields):
    """nvidia-smi's values of the first GPU; None where it has none."""
    outcome = programs.run(
        ["nvidia-smi", f"--query-gpu={fields}", "--format=csv,noheader,nounits"],
        _QUERY_LIMIT)
    if outcome.code != 0 or not outcome.output.strip():
        return None
    return [value.strip() for value in
            outcome.output.strip().splitlines()[0].split(",")]


def used_mebibytes():
    """Memory that is taken on the first GPU; None where that is unknown."""
    values = query("memory.used")
    try:
        return float(values[0]) if values else None
    except ValueError:
        return None


def datasheet(name):
    """The rates of a GPU of this name; None of one that is not known."""
    for known, rates in _DATASHEETS:
        if known in name:
            return rates
    return None


class MemoryWatch:
    """The most memory taken while it is open, beyond what was before.

        with MemoryWatch() as watch: ...
        watch.mebibytes
    """

    def __init__(self, used=used_mebibytes, interval=0.5):
        self._used, self._interval = used, interval
        self._end = threading.Event()
        self._before = self._most = None
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self):
        while not self._end.wait(self._interval):
            used = self._used()
            if used is None:
                return
            self._most = max(used, self._most or 0)

    def __enter__(self):
        self._before = self._used()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    @property
    def mebibytes(self):
        if self._before is None or self._most is None:
            return None
        return max(0.0, self._most - self._before)
