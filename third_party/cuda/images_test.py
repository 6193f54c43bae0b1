"""A compiled .cu holds machine code for the wanted architectures, and PTX of
the newest one alone, for devices that come later.

Usage: images_test.py LIBRARY.a ARCHITECTURE...

Reads what nvcc embeds: a head (magic, version and size of the head, size of
what follows), then images, each with its kind, head size, size and
architecture.
"""

import struct
import sys
import unittest

MAGIC = struct.pack("<I", 0xBA55ED50)
PTX, MACHINE_CODE = 1, 2


def images(data):
    """[(kind, architecture)] of all images in a file's bytes."""
    found, start = [], data.find(MAGIC)
    while start >= 0:
        head_size, size = struct.unpack_from("<HQ", data, start + 6)
        place = start + head_size
        end = place + size
        while place < end:
            kind, _, image_head, image_size = struct.unpack_from(
                "<HHIQ", data, place)
            architecture, = struct.unpack_from("<I", data, place + 28)
            found.append((kind, architecture))
            place += image_head + image_size
        start = data.find(MAGIC, end)
    return found


class ImagesTest(unittest.TestCase):

    def test_holds_code_for_all_architectures(self):
        with open(sys.argv[1], "rb") as library:
            found = images(library.read())
        wanted = [int(number) for number in sys.argv[2:]]
        expected = [(MACHINE_CODE, number) for number in wanted]
        expected.append((PTX, max(wanted)))
        # Older devices may or may not be among those that nvcc still knows.
        self.assertCountEqual(
            [image for image in found if image[1] >= min(wanted)], expected)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
