#!/usr/bin/env bash
# libpng 1.6.39 (Debian 12), png_image_finish_read with an 8-bit format:
# "read this PNG as 8 bits" does not mean "give me what is stored".
#
# - A file of 16 bits without any chunk about color counts as linear light and
#   is encoded for sRGB on the way to 8 bits: 64 * 257 becomes 136, not 64.
#   The same samples with an sRGB chunk come out as 64.
# - A file of 8 bits without such a chunk comes out as stored; with gAMA 1.0 it
#   is encoded, too: 64 becomes 136.
#
# So two files that hold the same picture reach a network as different numbers,
# up to 72 levels apart, depending on chunks that no viewer shows. The classic
# interface (png_read_image, png_set_scale_16) gives 64 in all four cases.
#
# Seen: "plain8 64", "gama8 136", "plain16 136", "srgb16 64", and 64 four times
# from the classic interface. Fails when that changes.
set -euo pipefail

readonly libpng="1.6.39-2+deb12u5" zlib="1:1.2.13.dfsg-1"
folder="$(mktemp -d)"
trap 'rm -rf "${folder}"' EXIT
cd "${folder}"
apt-get download --quiet "libpng-dev=${libpng}" "libpng16-16=${libpng}" \
  "zlib1g-dev=${zlib}" >/dev/null 2>&1
for package in ./*.deb; do dpkg -x "${package}" root; done

cat >write.py <<'END_OF_PYTHON'
import struct
import zlib


def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data +
            struct.pack(">I", zlib.crc32(kind + data)))


# One gray pixel of 64, or of 64 * 257 in 16 bits.
def write(name, bits, color=b""):
    sample = b"\x40" * (bits // 8)
    header = struct.pack(">IIBBBBB", 1, 1, bits, 0, 0, 0, 0)
    with open(name, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + color +
                  chunk(b"IDAT", zlib.compress(b"\0" + sample)) +
                  chunk(b"IEND", b""))


write("plain8", 8)
write("gama8", 8, chunk(b"gAMA", struct.pack(">I", 100000)))
write("plain16", 16)
write("srgb16", 16, chunk(b"sRGB", b"\0"))
END_OF_PYTHON

cat >read.c <<'END_OF_C'
#include <png.h>
#include <stdio.h>
#include <string.h>

static int Simplified(const char* path) {
  png_byte pixel = 0;
  png_image image;
  memset(&image, 0, sizeof(image));
  image.version = PNG_IMAGE_VERSION;
  png_image_begin_read_from_file(&image, path);
  image.format = PNG_FORMAT_GRAY;
  png_image_finish_read(&image, NULL, &pixel, 0, NULL);
  return pixel;
}

static int Classic(const char* path) {
  png_byte pixel[2] = {0, 0};
  png_bytep row = pixel;
  FILE* file = fopen(path, "rb");
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  png_read_info(png, info);
  png_set_scale_16(png);
  png_read_update_info(png, info);
  png_read_image(png, &row);
  png_destroy_read_struct(&png, &info, NULL);
  fclose(file);
  return pixel[0];
}

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    printf("%s %d %d\n", argv[i], Simplified(argv[i]), Classic(argv[i]));
  }
}
END_OF_C

/usr/bin/python3 write.py
libraries="$(find root -name libpng16.a) $(find root -name libz.a)"
# shellcheck disable=SC2086  # two paths
gcc -I root/usr/include -I root/usr/include/libpng16 read.c \
  ${libraries} -lm -o read
./read plain8 gama8 plain16 srgb16 | tee seen

cat >expected <<'END_OF_LIST'
plain8 64 64
gama8 136 64
plain16 136 64
srgb16 64 64
END_OF_LIST
diff expected seen && echo "as seen before"
