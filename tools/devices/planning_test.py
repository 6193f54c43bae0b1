"""Runs tools that plan a net for a device, as a user does.

Usage: planning_test.py SUMMARY DRAW NET with_cuda|without_cuda
"""

import subprocess
import sys
import unittest

SUMMARY, DRAW, NET, BUILD = sys.argv[1:5]


def run(tool, *flags):
    """The exit status, standard output and standard error."""
    result = subprocess.run([tool, "--net=" + NET, *flags],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            universal_newlines=True, check=False)
    return result.returncode, result.stdout, result.stderr


class PlanningTest(unittest.TestCase):

    def test_cpus_are_the_default(self):
        for tool in SUMMARY, DRAW:
            status, output, errors = run(tool)
            self.assertEqual((status, errors), (0, ""))
            self.assertGreater(output, "")
            self.assertEqual(run(tool, "--device=cpu"), (0, output, ""))

    def test_refuses_an_unknown_device(self):
        for tool in SUMMARY, DRAW:
            status, output, errors = run(tool, "--device=gpu")
            self.assertEqual((status, output), (1, ""))
            self.assertIn("--device=gpu is unknown; use cpu, cuda,", errors)

    @unittest.skipIf(BUILD == "with_cuda", "has CUDA")
    def test_says_that_the_build_has_no_cuda(self):
        for tool in SUMMARY, DRAW:
            status, output, errors = run(tool, "--device=cuda")
            self.assertEqual((status, output), (1, ""))
            self.assertIn("--device=cuda: this build has no CUDA;", errors)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
