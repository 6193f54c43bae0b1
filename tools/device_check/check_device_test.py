"""Runs tools:check_device as a user does.

Usage: check_device_test.py CHECK_DEVICE NET with_cuda|without_cuda
"""

import subprocess
import sys
import unittest

TOOL, NET, BUILD = sys.argv[1:4]


def check_device(*flags):
    """The exit status, standard output and standard error."""
    result = subprocess.run([TOOL, "--net=" + NET, *flags],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            universal_newlines=True, check=False)
    return result.returncode, result.stdout, result.stderr


class CheckDeviceTest(unittest.TestCase):

    def test_refuses_an_unknown_precision(self):
        status, _, errors = check_device("--precision=fp8")
        self.assertEqual(status, 1)
        self.assertIn('error: precision "fp8" is unknown', errors)

    @unittest.skipIf(BUILD == "with_cuda", "has cuDNN")
    def test_says_what_to_do_without_cudnn(self):
        status, output, errors = check_device()
        self.assertEqual((status, output), (1, ""))
        self.assertIn("build with --config=cuda", errors)

    @unittest.skipIf(BUILD == "without_cuda", "has no cuDNN")
    def test_shows_plans_and_memory(self):
        status, output, errors = check_device(
            "--device=a100", "--precision=bf16", "--batch_size=8")
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(output, r"\nstem/conv +filter gradient  3x3 1->\d+ of "
                         r"8x28x28 +\d+ +\d+ +\S+ \w*B")
        self.assertRegex(output, r" passes, 0 without a plan; workspace up to ")
        self.assertRegex(output, r"\nmemory: .*iB on this device, .*iB of it "
                         r"for values, .*momentum\n$")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
