"""Runs check_layering and named_files over the workspace's own files.

The files are not inputs of this target (that would take a list of all files in
every package): the test follows the link to the real WORKSPACE file. So it
runs outside the sandbox and is never cached (its tags in BUILD say so).
"""

import os
import unittest

from tools.check_layering import check_layering
from tools.check_layering import named_files

# As many files as one must open to understand a step.
LONGEST_WALK = 60
MOST_FILES = 26  # of a folder
LONGEST_BUILD = 250  # lines


class WorkspaceTest(unittest.TestCase):

    def setUp(self):
        self.root = os.path.dirname(os.path.realpath("WORKSPACE"))

    def test_every_include_is_allowed(self):
        tree = check_layering.Tree(self.root)
        self.assertIn("core/shape.h", tree.includes, f"no sources in {self.root}")
        self.assertEqual(tree.errors(), [])

    def test_every_file_that_is_named_exists(self):
        found, count = named_files.errors(self.root)
        self.assertGreater(count, 100)
        self.assertEqual(found, [])

    def test_the_walk_through_a_step_is_short(self):
        path = os.path.join(self.root, "DEVELOPERS.md")
        with open(path, encoding="utf-8") as text:
            files = named_files.walk(text.read())
        self.assertGreater(len(files), 0)
        self.assertLessEqual(len(files), LONGEST_WALK)
        self.assertCountEqual(files, set(files))

    def test_folders_and_their_lists_of_targets_are_short(self):
        for folder in check_layering.ROOMS:
            for place, _, names in os.walk(os.path.join(self.root, folder)):
                if place.endswith("broken_nets"):
                    continue
                with self.subTest(place=os.path.relpath(place, self.root)):
                    self.assertLessEqual(len(names), MOST_FILES)
                if "BUILD" not in names:
                    continue
                with open(os.path.join(place, "BUILD"), encoding="utf-8") as text:
                    self.assertLessEqual(len(text.readlines()),
                                         LONGEST_BUILD, place)


if __name__ == "__main__":
    unittest.main()
