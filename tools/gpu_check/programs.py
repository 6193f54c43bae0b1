"""Runs programs that may hang, and knows how much time is left."""

import collections
import os
import signal
import subprocess
import tempfile
import time

# What a report keeps of a program's output.
_TAIL_BYTES = 4000

# `code` is None where the program was ended at its limit; a negative one is the
# signal that it died of. `output` is the end of what it wrote.
Outcome = collections.namedtuple("Outcome", ["code", "seconds", "output"])


class Clock:
    """The time that all parts share."""

    def __init__(self, seconds):
        self._end = time.monotonic() + seconds

    def left(self):
        return max(0.0, self._end - time.monotonic())

    def limit(self, seconds):
        """No more than `seconds`, and no more than what is left."""
        return min(seconds, self.left())


def _tail(file, num_bytes):
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - num_bytes))
    return file.read().decode("utf-8", errors="replace")


def _end(process):
    """Ends a program and all that it started in its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        pass  # It hangs in the driver: nothing ends it, and the rest goes on.


def run(command, limit, env=None, cwd=None, tail_bytes=_TAIL_BYTES):
    """Runs a program for at most `limit` seconds."""
    start = time.monotonic()
    # A file: a pipe would stay open as long as any child of the program lives.
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env=env, cwd=cwd,
                start_new_session=True)
        except OSError as error:
            return Outcome(127, 0.0, str(error))
        try:
            code = process.wait(timeout=limit)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _end(process)
        return Outcome(code, time.monotonic() - start, _tail(output, tail_bytes))


def last_line(text):
    """The last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


def explain(outcome):
    """Why a program is no success; "" where it is one."""
    if outcome.code == 0:
        return ""
    if outcome.code is None:
        return f"ended after {outcome.seconds:.0f} s, its time limit"
    if outcome.code < 0:
        return f"died of signal {-outcome.code}: {last_line(outcome.output)}"
    return f"exit status {outcome.code}: {last_line(outcome.output)}"
