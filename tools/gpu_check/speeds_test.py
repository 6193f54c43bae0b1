"""Rows of speeds from what tools:time and PyTorch report, and scripts that act
as both."""

import os
import stat
import tempfile
import unittest

from tools.gpu_check import programs
from tools.gpu_check import speeds

RATES = {"float32": 67, "tf32": 494, "half": 989, "bytes": 3.35}
REPORT = """{"device": "cuda:0", "step_ms": {"median": 20.0}, "gflops": 3350.0,
"planned_bytes": 104857600, "images_per_second_train": 3200.0}"""
TIME = """#!/bin/sh
for flag in "$@"; do
  case $flag in
    --json=*) out=${flag#--json=};;
    --compute=fp16) echo "no fp16 here"; exit 1;;
  esac
done
echo '%s' >"$out"
"""
TORCH = """
import sys
path = [flag for flag in sys.argv if flag.startswith("--json=")][0][7:]
with open(path, "w") as file:
    file.write('{"images_per_second_train": 900.0, "step_ms": 71.1, '
               '"peak_bytes": 1048576, "versions": "torch 2"}')
"""


class SpeedsTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def put(self, path, text):
        full = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(full, stat.S_IRWXU)
        return full

    def measure(self, report=REPORT, time=60):
        self.put("tools/time", TIME % report)
        return speeds.measure_tamp(self.folder, self.folder, dict(os.environ),
                                   programs.Clock(time), RATES)

    def test_the_bound_is_the_longer_of_operations_and_bytes(self):
        bound = speeds.bound_seconds
        self.assertAlmostEqual(bound(67e12, 0, "float32", RATES), 1)
        self.assertAlmostEqual(bound(494e12, 0, "tf32", RATES), 1)
        self.assertAlmostEqual(bound(989e12, 0, "bf16", RATES), 1)
        self.assertAlmostEqual(bound(1, 3.35e12, "fp16", RATES), 2)
        self.assertIsNone(bound(1, 1, "float32", None))

    def test_each_net_has_each_precision(self):
        rows = self.measure()
        self.assertEqual(len(rows), len(speeds.NETS) * len(speeds.PRECISIONS))
        self.assertEqual(rows[0]["images/s"], 3200.0)
        # 67 * 10^9 operations in 20 ms: a millisecond at this GPU's rate.
        self.assertAlmostEqual(rows[0]["% of the bound"], 5.0)
        self.assertEqual(rows[0]["own count MiB"], 100)

    def test_what_was_not_measured_says_why(self):
        part = speeds.part(self.measure())
        self.assertEqual(part["status"], "failed")
        self.assertEqual(part["note"], "6 of 8 measured")
        self.assertIn("no fp16 here", part["table"]["rows"][3][-1])

    def test_a_cpu_is_no_gpu(self):
        rows = self.measure(REPORT.replace("cuda:0", "cpu"))
        self.assertNotIn("images/s", rows[0])
        self.assertIn("it ran on cpu", rows[0]["note"])

    def test_a_broken_report_is_none(self):
        self.assertNotIn("images/s", self.measure("{")[0])

    def test_nothing_is_measured_without_time(self):
        rows = self.measure(time=0)
        self.assertTrue(all("no time" in row["note"] for row in rows))

    def test_pytorch_has_its_variants(self):
        program = self.put("torch.py", TORCH)
        rows = speeds.measure_torch("python3", program, self.folder,
                                    dict(os.environ), programs.Clock(60),
                                    speeds.TORCH_VARIANTS)
        self.assertEqual(len(rows), 4)
        self.assertEqual(rows[3]["images/s"], 900.0)
        self.assertEqual(speeds.part(rows)["status"], "passed")


if __name__ == "__main__":
    unittest.main()
