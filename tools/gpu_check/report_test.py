"""What a report says of parts that pass, fail and do not run."""

import json
import os
import tempfile
import unittest

from tools.gpu_check import report


def parts(**statuses):
    """All that is required, passed, but for what is said of it."""
    all_parts = {name: "passed" for name in report.REQUIRED} | statuses
    return [{"name": name, "status": status, "seconds": 1.0, "note": "a|b"}
            for name, status in all_parts.items()]


class ReportTest(unittest.TestCase):

    def test_what_is_required_must_pass(self):
        self.assertTrue(report.is_success(parts()))
        for name in report.REQUIRED:
            for status in ("failed", "not run"):
                self.assertFalse(report.is_success(parts(**{name: status})))
        self.assertFalse(report.is_success(parts()[1:]))
        self.assertFalse(report.is_success([]))

    def test_the_rest_must_not_fail(self):
        self.assertTrue(report.is_success(parts(PyTorch="not run")))
        self.assertFalse(report.is_success(parts(PyTorch="failed")))

    def test_what_did_not_run_is_said(self):
        text = report.markdown(parts(PyTorch="not run", speed="failed"))
        self.assertIn("NOT all passed", text)
        self.assertIn("| PyTorch | **not run** | 1.0 | a\\|b |", text)
        self.assertIn("| speed | **failed** |", text)

    def test_tables_and_outputs_follow(self):
        some = parts()
        some[0]["table"] = {"columns": ["x"], "rows": [[1]]}
        some[0]["outputs"] = {"a_test": "one\ntwo"}
        text = report.markdown(some)
        self.assertIn("| x |\n| --- |\n| 1 |\n", text)
        self.assertIn("what a_test wrote:\n\n    one\n    two\n", text)

    def test_writes_both_files(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = os.path.join(folder, "new")
            report.write(folder, parts())
            self.assertCountEqual(os.listdir(folder),
                                  ["gpu_check.json", "gpu_check.md"])
            path = os.path.join(folder, "gpu_check.json")
            with open(path, encoding="utf-8") as file:
                self.assertTrue(json.load(file)["success"])


if __name__ == "__main__":
    unittest.main()
