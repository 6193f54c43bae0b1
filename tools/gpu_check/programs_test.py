"""Programs that end, fail, hang, and leave children behind."""

import os
import sys
import tempfile
import time
import unittest

from tools.gpu_check import programs


class ProgramsTest(unittest.TestCase):

    def test_keeps_status_and_output(self):
        outcome = programs.run(["sh", "-c", "echo one; echo two >&2; exit 3"], 20)
        self.assertEqual(outcome.code, 3)
        self.assertEqual(outcome.output, "one\ntwo\n")
        self.assertEqual(programs.explain(outcome), "exit status 3: two")

    def test_nothing_is_explained_of_a_success(self):
        self.assertEqual(programs.explain(programs.run(["true"], 20)), "")

    def test_ends_a_program_at_its_limit(self):
        start = time.monotonic()
        outcome = programs.run(["sh", "-c", "echo begun; sleep 60"], 0.5)
        self.assertLess(time.monotonic() - start, 20)
        self.assertIsNone(outcome.code)
        self.assertEqual(outcome.output, "begun\n")
        self.assertIn("its time limit", programs.explain(outcome))

    def test_ends_the_children_too(self):
        with tempfile.TemporaryDirectory() as folder:
            note = os.path.join(folder, "alive")
            child = f"sleep 2; touch {note}"
            programs.run(["sh", "-c", f"({child}) & sleep 60"], 0.5)
            time.sleep(3)
            self.assertFalse(os.path.exists(note))

    def test_names_the_signal(self):
        outcome = programs.run(["sh", "-c", "kill -SEGV $$"], 20)
        self.assertIn("signal 11", programs.explain(outcome))

    def test_says_that_a_program_is_not_there(self):
        outcome = programs.run(["/nowhere/program"], 20)
        self.assertEqual(outcome.code, 127)
        self.assertIn("/nowhere/program", programs.explain(outcome))

    def test_keeps_the_end_of_long_output(self):
        outcome = programs.run(
            [sys.executable, "-c", "print('x' * 100000); print('the end')"], 20)
        self.assertLess(len(outcome.output), 5000)
        self.assertEqual(programs.last_line(outcome.output), "the end")

    def test_the_clock_shortens_limits(self):
        clock = programs.Clock(100)
        self.assertEqual(clock.limit(5), 5)
        self.assertLessEqual(clock.limit(500), 100)
        self.assertEqual(programs.Clock(-1).limit(5), 0)


if __name__ == "__main__":
    unittest.main()
