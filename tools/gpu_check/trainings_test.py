"""Losses beside losses, what compute-sanitizer says, and a tool that acts as
tools:train."""

import os
import stat
import tempfile
import unittest

from tools.gpu_check import programs
from tools.gpu_check import trainings

LOSSES = [2.4, 1.9, 1.8, 1.3, 1.2, 1.2, 0.6, 0.8, 0.9, 0.5]
TRAIN = """#!/bin/sh
for flag in "$@"; do
  case $flag in
    --metrics=*) out=${flag#--metrics=};;
    --device=*) device=${flag#--device=};;
  esac
done
[ "$device" = "$BROKEN" ] && { echo "no such device"; exit 1; }
for i in 1 2 3 4 5 6 7 8 9 10; do
  echo '{"type":"train","loss":2.5}' >>"$out"
done
"""


class TrainingsTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.mkdir(os.path.join(self.folder, "tools"))
        path = os.path.join(self.folder, "tools", "train")
        with open(path, "w", encoding="utf-8") as file:
            file.write(TRAIN)
        os.chmod(path, stat.S_IRWXU)

    def compare(self, broken=""):
        return trainings.compare_losses(
            self.folder, self.folder, dict(os.environ, BROKEN=broken),
            programs.Clock(30))

    def test_same_losses_pass(self):
        part = self.compare()
        self.assertEqual(part["status"], "passed", part["note"])
        self.assertEqual(len(part["table"]["rows"]), 10)

    def test_a_training_that_fails_is_named(self):
        part = self.compare(broken="cuda")
        self.assertEqual(part["status"], "failed")
        self.assertIn("--device=cuda", part["note"])
        self.assertIn("no such device", part["note"])

    def test_early_and_late_steps_have_their_own_tolerance(self):
        late = LOSSES[:9] + [LOSSES[9] + 0.01]
        early = [LOSSES[0] + 0.01] + LOSSES[1:]
        self.assertEqual(trainings.judge_losses(LOSSES, LOSSES)[0], "passed")
        self.assertEqual(trainings.judge_losses(LOSSES, late)[0], "passed")
        status, note = trainings.judge_losses(LOSSES, early)
        self.assertEqual(status, "failed")
        self.assertIn("step 1", note)

    def test_what_is_no_number_or_too_short_fails(self):
        for bad in (float("nan"), None):
            losses = LOSSES[:9] + [bad]
            self.assertEqual(trainings.judge_losses(LOSSES, losses)[0], "failed")
            self.assertEqual(trainings.judge_losses(losses, losses)[0], "failed")
        self.assertEqual(trainings.judge_losses(LOSSES, LOSSES[:9])[0], "failed")
        self.assertEqual(trainings.judge_losses([], [])[0], "failed")

    def test_images_are_whole_records(self):
        trainings.write_images(self.folder)
        with open(os.path.join(self.folder, "test_batch.bin"), "rb") as file:
            records = file.read()
        self.assertEqual(len(records) % 3073, 0)
        self.assertLess(max(records[::3073]), 10)

    def test_reads_the_summary_of_compute_sanitizer(self):
        def judge(code, output):
            return trainings.judge_sanitizer(programs.Outcome(code, 1.0, output))

        self.assertEqual(
            judge(0, "========= ERROR SUMMARY: 0 errors\n")[0], "passed")
        self.assertEqual(
            judge(9, "========= ERROR SUMMARY: 1 error\n")[0], "failed")
        self.assertEqual(
            judge(1, "========= ERROR SUMMARY: 0 errors\n")[0], "failed")
        self.assertEqual(judge(0, "Device not supported\n")[0], "not run")
        self.assertEqual(judge(None, "")[0], "not run")

    def test_says_that_there_is_no_sanitizer(self):
        part = trainings.sanitize(None, "", "", {}, programs.Clock(1))
        self.assertEqual(part["status"], "not run")


if __name__ == "__main__":
    unittest.main()
