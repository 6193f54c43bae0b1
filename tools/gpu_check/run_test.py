"""A whole check where there is no GPU, and parts that break."""

import contextlib
import io
import json
import lzma
import os
import tarfile
import tempfile
import time
import unittest
from unittest import mock

from tools.gpu_check import programs
from tools.gpu_check import report
from tools.gpu_check import run

PASSED = {"status": "passed", "note": ""}


def raises():
    raise OSError("lost")


class RunTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_parts(self, *named, seconds=20):
        with contextlib.redirect_stdout(io.StringIO()):
            parts = run.run_parts(named, programs.Clock(seconds), self.folder)
        return {part["name"]: part["status"] for part in parts}

    def test_the_rest_goes_on_behind_a_part_that_breaks(self):
        self.assertEqual(
            self.run_parts(("a", raises, False), ("b", lambda: PASSED, False)),
            {"a": "failed", "b": "passed"})

    def test_nothing_runs_without_what_it_needs(self):
        self.assertEqual(
            self.run_parts(("a", raises, True), ("b", lambda: PASSED, False)),
            {"a": "failed", "b": "not run"})

    def test_nothing_begins_when_time_is_up(self):
        self.assertEqual(self.run_parts(("a", lambda: PASSED, False), seconds=0),
                         {"a": "not run"})

    def test_the_parts_have_what_a_success_requires(self):
        with open(os.path.join(self.folder, "manifest.json"), "w",
                  encoding="utf-8") as file:
            file.write("{}")
        check = run.Check(self.folder, self.folder, programs.Clock(1))
        names = [name for name, _, _ in run.parts_of(check)]
        self.assertEqual(len(names), len(set(names)))
        self.assertLessEqual(set(report.REQUIRED), set(names))

    def make_check(self, time_status, **manifest):
        """Of a pack whose only program is a tools:time that ends at once."""
        pack = os.path.join(self.folder, "made_up")
        os.makedirs(pack)
        script = f"#!/bin/sh\necho said; exit {time_status}\n".encode()
        with lzma.open(os.path.join(pack, "tree.tar.xz"), "w") as compressed, \
                tarfile.open(fileobj=compressed, mode="w") as tar:
            entry = tarfile.TarInfo("tools/time")
            entry.size, entry.mode = len(script), 0o755
            tar.addfile(entry, io.BytesIO(script))
        with open(os.path.join(pack, "manifest.json"), "w",
                  encoding="utf-8") as file:
            json.dump({"commit": "abc", "tests": [],
                       "cuda_libraries": ["libcudart.so.13"]} | manifest, file)
        return run.Check(pack, self.folder, programs.Clock(60))

    def test_programs_must_start(self):
        part = self.make_check(0).unpack()
        self.assertEqual((part["status"], part["note"]), ("passed", "of abc"))
        self.assertEqual(part["outputs"], {"tools/time": "said\n"})

    def test_a_program_that_does_not_start_is_named(self):
        part = self.make_check(3).unpack()
        self.assertEqual(part["status"], "failed")
        self.assertIn("tools/time: exit status 3", part["note"])

    def test_tests_run_in_the_tree(self):
        test = {"label": "//:a", "path": "tools/time", "is_over_devices": False}
        check = self.make_check(0, tests=[test])
        check.unpack()
        part = check.run_tests()
        self.assertEqual(part["status"], "failed")
        self.assertIn("it wrote no result", part["table"]["rows"][0][-1])

    def find_gpu(self, libraries):
        home = os.path.join(self.folder, "cuda")
        os.makedirs(os.path.join(home, "lib64"))
        for name in libraries:
            with open(os.path.join(home, "lib64", name), "w", encoding="utf-8"):
                pass
        check = self.make_check(0, cuda_libraries=["liba.so.77", "libb.so.77"])
        with mock.patch.dict(os.environ, CUDA_HOME=home), \
                mock.patch.object(run.gpu, "count_devices", return_value=(1, "")), \
                mock.patch.object(run.gpu, "query", return_value=["NVIDIA H100"]):
            return check.find_gpu()

    def test_names_the_libraries_that_are_missing(self):
        part = self.find_gpu(["libb.so.77"])
        self.assertEqual(part["status"], "failed")
        self.assertEqual(part["note"], "not found: liba.so.77")

    def test_says_where_libraries_were_found(self):
        part = self.find_gpu(["liba.so.77", "libb.so.77"])
        self.assertEqual((part["status"], part["note"]), ("passed", "NVIDIA H100"))
        self.assertIn(("liba.so.77", os.path.join(self.folder, "cuda/lib64")),
                      part["table"]["rows"])

    def test_without_a_gpu_it_ends_soon_and_says_so(self):
        if os.path.exists("/proc/driver/nvidia/version"):
            self.skipTest("this machine has a GPU")
        pack = os.path.join(self.folder, "pack")
        os.mkdir(pack)
        with open(os.path.join(pack, "manifest.json"), "w",
                  encoding="utf-8") as file:
            json.dump({"cuda_libraries": ["libcudart.so.13"], "tests": [],
                       "commit": "0"}, file)
        with lzma.open(os.path.join(pack, "tree.tar.xz"), "w") as compressed:
            tarfile.open(fileobj=compressed, mode="w").close()
        out = os.path.join(self.folder, "out")
        start = time.monotonic()
        with contextlib.redirect_stdout(io.StringIO()) as said:
            code = run.main([f"--pack={pack}", f"--out={out}"])
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual(code, 1)
        self.assertIn("GPU: failed: no GPU was found", said.getvalue())
        with open(os.path.join(out, "gpu_check.json"), encoding="utf-8") as file:
            result = json.load(file)
        self.assertFalse(result["success"])
        statuses = [part["status"] for part in result["parts"]]
        self.assertEqual(statuses, ["failed"] + ["not run"] * 7)


if __name__ == "__main__":
    unittest.main()
