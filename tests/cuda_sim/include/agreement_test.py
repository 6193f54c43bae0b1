"""Tests of agreement.py: what it says again, held against other headers."""

import os
import subprocess
import tempfile
import unittest

from tests.cuda_sim.include import agreement

OURS = """// A header.
#ifndef GUARD_H_
#define GUARD_H_

#include <stddef.h>

#define COLORS_VERSION 4
#define MOST_COLORS 0x1f

#define NUM_COLORS \\
  (1 + 1)

extern "C" {

typedef struct Stream_st* Stream;  // one more

typedef enum {
  COLOR_RED = 2,
  COLOR_BLUE = -1,
} Color;

typedef enum shape_t {
  SHAPE_ROUND = 0,
} shape;

enum Taste {
  TASTE_SWEET = 4,
};

typedef struct Size_st {
  int width;
  float heights[3];
  char others[7];
} Size;

Color paint(Stream stream, const void* what, size_t count);

}  // extern "C"

#define repaint paint

#endif  // GUARD_H_
"""

# What may differ, so that it is found.
CHANGES = (
    ("COLOR_RED = 2", "COLOR_RED = 3"),
    ("COLOR_BLUE = -1,", ""),
    ("SHAPE_ROUND = 0,\n} shape", "} shape; typedef enum {\n SHAPE_ROUND = 0\n"
     "} form"),
    ("MOST_COLORS 0x1f", "MOST_COLORS 30"),
    ("TASTE_SWEET = 4", "TASTE_SWEET = 5"),
    ("  int width;\n", ""),
    ("int width", "unsigned width"),
    ("int width;", "int wide;"),
    ("heights[3]", "heights[4]"),
    ("heights[3];", "heights[2]; float depth;"),
    ("char others[7]", "char others[9]"),
    ("Size_st", "Sizes_st"),
    ("Stream_st", "Other_st"),
    ("const void* what", "void* what"),
    ("size_t count", "int count"),
    ("Color paint", "int paint"),
    ("repaint paint", "repaint paint_v2"),
    ("#define repaint paint", ""),
)


class AgreementTest(unittest.TestCase):

    def compiles(self, theirs):
        """Whether OURS agrees with a header of the text `theirs`."""
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "agreement.cc")
            with open(source, "w", encoding="utf-8") as file:
                file.write(agreement.agreement(OURS, "theirs.h"))
            with open(os.path.join(folder, "theirs.h"), "w",
                      encoding="utf-8") as file:
                file.write(theirs)
            return subprocess.run(
                ["g++", "-std=c++17", "-fsyntax-only", "-I", folder, source],
                stderr=subprocess.DEVNULL, check=False).returncode == 0

    def test_a_header_agrees_with_itself(self):
        self.assertTrue(self.compiles(OURS))

    def test_lets_pass_what_may_differ(self):
        for old, new in (("COLORS_VERSION 4", "COLORS_VERSION 5"),
                         ("char others[7];", "char z[5]; char more[2];")):
            self.assertIn(old, OURS)
            self.assertTrue(self.compiles(OURS.replace(old, new)), old)

    def test_finds_differences(self):
        for old, new in CHANGES:
            self.assertIn(old, OURS)
            self.assertFalse(self.compiles(OURS.replace(old, new)), old)

    def test_refuses_what_it_would_pass_over(self):
        for old, new in (("COLOR_RED = 2", "COLOR_RED"),
                         ("typedef struct Stream_st* Stream;",
                          "union Size { int width; };")):
            with self.assertRaises(ValueError):
                agreement.agreement(OURS.replace(old, new), "theirs.h")


if __name__ == "__main__":
    unittest.main()
