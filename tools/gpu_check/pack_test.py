"""Packs a tool and a test that Bazel has built, and runs the check from there."""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest

from tools.gpu_check import needed_libraries
from tools.gpu_check import pack

TEST = {"label": "//kernels/cuda:copy_cuda_test",
        "path": "kernels/cuda/copy_cuda_test", "is_over_devices": False}
PATHS = (TEST["path"], "tools/time", "net/densenet40.prototxt")


class PackTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, "pack")

    def assemble(self, **more):
        files = {path: os.path.realpath(path) for path in PATHS} | more
        pack.assemble(files, [TEST], "0", self.folder, scripts_root=os.getcwd())

    def test_has_what_the_programs_need_and_nothing_of_cuda(self):
        self.assemble()
        with open(os.path.join(self.folder, "manifest.json"),
                  encoding="utf-8") as file:
            manifest = json.load(file)
        self.assertIn("libcudart.so.13", manifest["cuda_libraries"])
        self.assertIn("libcudnn.so.9", manifest["cuda_libraries"])
        tree = os.path.join(self.folder, "tree")
        with tarfile.open(os.path.join(self.folder, "tree.tar.xz")) as archive:
            archive.extractall(tree)
        for path in PATHS:
            self.assertTrue(os.path.exists(os.path.join(tree, path)), path)
        self.assertTrue(os.path.exists(os.path.join(tree, "lib/libopenblas.so.0")))
        self.assertEqual(needed_libraries.problems(tree), [])
        sections = subprocess.run(
            ["readelf", "-S", os.path.join(tree, "tools/time")],
            capture_output=True, text=True, check=True).stdout
        self.assertNotIn(".symtab", sections)
        os.remove(os.path.join(tree, "lib/libopenblas.so.0"))
        self.assertIn("tools/time needs libopenblas.so.0",
                      needed_libraries.problems(tree))

    def test_says_that_there_is_no_gpu(self):
        if os.path.exists("/proc/driver/nvidia/version"):
            self.skipTest("this machine has a GPU")
        self.assemble()
        # From the folder alone, with nothing of this one's path.
        outcome = subprocess.run(
            [sys.executable, "-I", "-c",
             "import runpy, sys; sys.path.insert(0, '.');"
             "sys.argv = ['run', '--out=report'];"
             "runpy.run_module('tools.gpu_check.run', run_name='__main__')"],
            cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(outcome.returncode, 1, outcome.stderr)
        self.assertIn("no GPU was found", outcome.stdout)
        report = os.path.join(self.folder, "report/gpu_check.md")
        with open(report, encoding="utf-8") as file:
            self.assertIn("| device tests | **not run** |", file.read())

    def test_refuses_a_library_of_cuda(self):
        with self.assertRaisesRegex(ValueError, "libcudart.so.13 belongs to CUDA"):
            self.assemble(**{"lib/libcudart.so.13": os.path.realpath(PATHS[2])})


if __name__ == "__main__":
    unittest.main()
