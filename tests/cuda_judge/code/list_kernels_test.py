"""list_kernels prints all kernels of a program.

Usage: list_kernels_test.py LIST_KERNELS PROGRAM
"""

import subprocess
import sys
import unittest


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)


class ListKernelsTest(unittest.TestCase):

    def test_prints_a_line_a_kernel(self):
        result = run(WITH_KERNELS)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"registers +shared bytes +local bytes")
        self.assertRegex(
            result.stdout,
            r"\nsm_[0-9]+ +[1-9][0-9]* .* tamp::MapElements<"
            r"tamp::ReluForwardCuda, float const>\n")

    def test_says_what_is_wrong(self):
        self.assertEqual(run().returncode, 2)
        self.assertIn("usage", run().stderr)
        self.assertEqual(run("no_such_file").returncode, 1)
        self.assertIn("no_such_file", run("no_such_file").stderr)


if __name__ == "__main__":
    PROGRAM, WITH_KERNELS = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
