"""Runs tools:device as a user does.

Usage: device_test.py DEVICE with_cuda|without_cuda
"""

import json
import os
import subprocess
import sys
import unittest

TOOL, BUILD = sys.argv[1:3]


class DeviceTest(unittest.TestCase):

    def test_lists_what_there_is(self):
        path = os.path.join(os.environ["TEST_TMPDIR"], "devices.json")
        result = subprocess.run([TOOL, "--json=" + path], check=True,
                                stdout=subprocess.PIPE,
                                universal_newlines=True)
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        self.assertGreater(report["cpu"]["threads"], 0)
        self.assertRegex(result.stdout, r"^cpu: \d+ threads? \(.*\), .*iB "
                         r"memory\n")
        for device in report["cuda"]:
            self.assertIn(device["name"] + ", ", result.stdout)
        for missing in report["missing"]:
            self.assertIn("missing for NVIDIA GPUs: " + missing + "\n",
                          result.stdout)
        self.assertNotEqual(report["cuda"] + report["missing"], [])

    @unittest.skipIf(BUILD == "with_cuda", "has CUDA")
    def test_says_what_a_build_without_cuda_lacks(self):
        result = subprocess.run([TOOL], check=True, stdout=subprocess.PIPE,
                                universal_newlines=True)
        self.assertIn("this build has no CUDA; build with --config=cuda\n",
                      result.stdout)
        self.assertNotIn("versions:", result.stdout)

    @unittest.skipIf(BUILD == "without_cuda", "has no CUDA")
    def test_has_the_versions_of_libraries(self):
        result = subprocess.run([TOOL], check=True, stdout=subprocess.PIPE,
                                universal_newlines=True)
        self.assertRegex(result.stdout, r"CUDA runtime \d+\.\d+, cuDNN "
                         r"9\.\d+\.\d+, cuBLAS \d+\.\d+\.\d+\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
