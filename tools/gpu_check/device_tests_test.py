"""Tests that pass, fail, skip, crash and hang: scripts that act as GoogleTest."""

import json
import os
import stat
import tempfile
import unittest

from tools.gpu_check import device_tests
from tools.gpu_check import programs

# Writes the result that it is told to where GoogleTest would.
SCRIPT = """#!/bin/sh
for flag in "$@"; do
  case $flag in --gtest_output=json:*) out=${{flag#--gtest_output=json:}};; esac
done
echo "flags: $*"
[ -e data.txt ] || exit 9
{before}
cat >"$out" <<'END'
{cases}
END
{after}
"""


def case(name, result="COMPLETED", failures=()):
    return {"name": name, "result": result, "status": "RUN",
            **({"failures": list(failures)} if failures else {})}


class DeviceTestsTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = folder.name
        with open(os.path.join(self.tree, "data.txt"), "w", encoding="utf-8"):
            pass

    def run_test(self, cases, before="", after="", over_devices=False, time=20):
        report = {"testsuites": [{"name": "Suite", "testsuite": cases}]}
        path = os.path.join(self.tree, "a_test")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SCRIPT.format(cases=json.dumps(report), before=before,
                                     after=after))
        os.chmod(path, stat.S_IRWXU)
        test = {"label": "//:a_test", "path": "a_test",
                "is_over_devices": over_devices}
        return device_tests.run_one(test, self.tree, dict(os.environ),
                                    programs.Clock(time))

    def test_passes(self):
        result = self.run_test([case("A"), case("B", "SKIPPED")])
        self.assertEqual(result["status"], "passed")
        self.assertEqual(result["cases"], 1)
        self.assertEqual(result["note"], "1 cases skipped")

    def test_fails_with_the_name_of_the_case(self):
        result = self.run_test([case("A"), case("B", failures=["no"])],
                               after="exit 1")
        self.assertEqual(result["status"], "failed")
        self.assertIn("Suite.B", result["note"])
        self.assertIn("flags:", result["output"])

    def test_a_crash_fails(self):
        result = self.run_test([case("A")], before="kill -SEGV $$")
        self.assertEqual(result["status"], "failed")
        self.assertIn("signal 11", result["note"])

    def test_a_failure_at_the_end_fails(self):
        result = self.run_test([case("A")], after="exit 1")
        self.assertEqual(result["status"], "failed")

    def test_a_hanging_test_is_ended(self):
        result = self.run_test([case("A")], before="sleep 60", time=2)
        self.assertEqual(result["status"], "failed")
        self.assertIn("time limit", result["note"])

    def test_skipped_cases_are_no_success(self):
        result = self.run_test([case("A", "SKIPPED")])
        self.assertEqual(result["status"], "not run")

    def test_no_cases_are_no_success(self):
        self.assertEqual(self.run_test([])["status"], "not run")

    def test_nothing_is_passed_that_did_not_run_on_the_gpu(self):
        result = self.run_test([case("A/0")], over_devices=True)
        self.assertEqual(result["status"], "not run")
        result = self.run_test([case("A/0"), case("A/cuda")], over_devices=True)
        self.assertEqual(result["status"], "passed")

    def test_nothing_runs_without_time(self):
        self.assertEqual(self.run_test([case("A")], time=0)["status"], "not run")

    def test_the_part_passes_only_whole(self):
        result = self.run_test([case("A")])
        self.assertEqual(device_tests.part([result])["status"], "passed")
        unrun = dict(result, status="not run")
        part = device_tests.part([result, unrun])
        self.assertEqual(part["status"], "failed")
        self.assertEqual(part["table"]["rows"][0][1], "not run")
        self.assertIn("2 tests: 1 passed, 0 failed, 1 not run", part["note"])
        self.assertEqual(device_tests.part([])["status"], "failed")


if __name__ == "__main__":
    unittest.main()
