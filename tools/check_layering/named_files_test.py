"""Tests of named_files: names that lead nowhere, and those left alone."""

import os
import tempfile
import unittest

from tools.check_layering import named_files

TREE = {
    "net/net.h": "// See net/net.cc, and net/gone.h for the rest.\n"
                 'const char* path = "net/none.h";  // as in net/net.h\n',
    "net/net.cc": "#include \"net/missing.h\"\n",
    "DEVELOPERS.md": "Read `net/net.{h,cc}`,\n`net/net.{h,txt.h}`, "
                     "`layers/x/x_layer.h` and `net/*.h`.\n",
    "tests/broken_nets/a.prototxt": "# net/gone.h\n",
    "tests/run.sh": "# Runs tests/gone_test.cc.\ncat tests/other_gone.cc\n",
}


class NamedFilesTest(unittest.TestCase):

    def test_finds_names_that_lead_nowhere(self):
        with tempfile.TemporaryDirectory() as root:
            for name, text in TREE.items():
                full = os.path.join(root, name)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w", encoding="utf-8") as out:
                    out.write(text)
            found, count = named_files.errors(root)
        self.assertCountEqual(found, [
            "net/net.h:1: there is no net/gone.h",
            "DEVELOPERS.md:2: there is no net/net.txt.h",
            "tests/run.sh:1: there is no tests/gone_test.cc",
        ])
        self.assertEqual(count, 8)

    def test_reads_the_walk(self):
        text = ("# Title\n`net/a.h`\n## A training step\n1. `net/net.{h,cc}`: "
                "the net\n2. `core/shape.h`: shapes\n\n## Next\n`net/b.h`\n")
        self.assertEqual(named_files.walk(text),
                         ["net/net.h", "net/net.cc", "core/shape.h"])


if __name__ == "__main__":
    unittest.main()
