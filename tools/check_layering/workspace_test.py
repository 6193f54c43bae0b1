"""Runs check_layering over the workspace's own files.

The files are not inputs of this target (that would take a list of all files in
every package): the test follows the link to the real WORKSPACE file. So it
runs outside the sandbox and is never cached (its tags in BUILD say so).
"""

import os
import unittest

from tools.check_layering import check_layering


class WorkspaceTest(unittest.TestCase):

    def test_every_include_is_allowed(self):
        root = os.path.dirname(os.path.realpath("WORKSPACE"))
        tree = check_layering.Tree(root)
        self.assertIn("core/shape.h", tree.includes, f"no sources in {root}")
        self.assertEqual(tree.errors(), [])


if __name__ == "__main__":
    unittest.main()
