// What is decoded must follow from the stored samples alone.

#include "data/images/png.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "data/images/stored_png.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

// Samples all over the range of `bits`.
StoredPng Pattern(StoredPng::ColorType color_type, int bits, int height,
                  int width) {
  StoredPng png;
  png.color_type = color_type;
  png.bits = bits;
  png.height = height;
  png.width = width;
  for (int i = 0; i < height * width * png.num_samples(); ++i) {
    png.samples.push_back((i * 40503 + 65535) % 65536 >> (16 - bits));
  }
  return png;
}

int To8Bits(int sample, int bits) {
  return static_cast<int>(sample * 255.0 / ((1 << bits) - 1) + 0.5);
}

// Sample `i` of each pixel.
std::vector<int> Plane(const StoredPng& png, int i) {
  std::vector<int> plane;
  for (int y = 0; y < png.height; ++y) {
    for (int x = 0; x < png.width; ++x) {
      plane.push_back(To8Bits(png.sample(y, x, i), png.bits));
    }
  }
  return plane;
}

std::vector<int> Pixels(const Image& image) {
  const ImageView view = image.view();
  return std::vector<int>(view.data, view.data + view.num_pixels());
}

// Decodes into three channels, and where all are equal also into one.
void ExpectPlanes(const StoredPng& png, const std::vector<int>& red,
                  const std::vector<int>& green, const std::vector<int>& blue) {
  Image image;
  ASSERT_OK(DecodePng(png.Encode(), 3, &image));
  ASSERT_EQ(image.view().height, png.height);
  ASSERT_EQ(image.view().width, png.width);
  std::vector<int> expected = red;
  expected.insert(expected.end(), green.begin(), green.end());
  expected.insert(expected.end(), blue.begin(), blue.end());
  EXPECT_EQ(Pixels(image), expected);
  if (red != green || red != blue) return;
  ASSERT_OK(DecodePng(png.Encode(), 1, &image));
  EXPECT_EQ(Pixels(image), red);
}

TEST(PngTest, AllTypesDepthsAndSizes) {
  const std::pair<StoredPng::ColorType, std::vector<int>> kinds[] = {
      {StoredPng::kGray, {1, 2, 4, 8, 16}},
      {StoredPng::kRgb, {8, 16}},
      {StoredPng::kGrayAlpha, {8, 16}},
      {StoredPng::kRgba, {8, 16}}};
  const std::pair<int, int> sizes[] = {{1, 1}, {3, 2}, {9, 13}, {16, 5}};
  for (const auto& [color_type, depths] : kinds) {
    for (const int bits : depths) {
      for (const auto& [height, width] : sizes) {
        StoredPng png = Pattern(color_type, bits, height, width);
        const bool is_color = png.num_samples() >= 3;
        for (const bool interlaced : {false, true}) {
          png.interlaced = interlaced;
          SCOPED_TRACE(absl::StrCat("type ", color_type, ", ", bits, " bits, ",
                                    height, "x", width, " ", interlaced));
          ExpectPlanes(png, Plane(png, 0), Plane(png, is_color ? 1 : 0),
                       Plane(png, is_color ? 2 : 0));
        }
      }
    }
  }
}

// All of them: round(v / 257).
TEST(PngTest, SixteenBitsAreRounded) {
  StoredPng png;
  png.bits = 16;
  png.height = png.width = 256;
  std::vector<int> expected;
  for (int v = 0; v < 65536; ++v) {
    png.samples.push_back(v);
    expected.push_back((2 * v + 257) / 514);
  }
  ExpectPlanes(png, expected, expected, expected);
}

TEST(PngTest, Palettes) {
  const std::string colors("\x01\x02\x03\xFF\x80\x00\x07\x77\xF7", 9);
  for (const int bits : {2, 4, 8}) {
    for (const bool interlaced : {false, true}) {
      StoredPng png;
      png.color_type = StoredPng::kPalette;
      png.bits = bits;
      png.height = 2;
      png.width = 3;
      png.interlaced = interlaced;
      png.samples = {0, 1, 2, 2, 1, 0};
      png.before_pixels = PngChunk("PLTE", colors);
      ExpectPlanes(png, {1, 255, 7, 7, 255, 1}, {2, 128, 119, 119, 128, 2},
                   {3, 0, 247, 247, 0, 3});
      // Transparent colors keep theirs.
      png.before_pixels += PngChunk("tRNS", absl::string_view("\0\x40", 2));
      ExpectPlanes(png, {1, 255, 7, 7, 255, 1}, {2, 128, 119, 119, 128, 2},
                   {3, 0, 247, 247, 0, 3});
      Image image;
      ASSERT_OK(DecodePng(png.Encode(), 1, &image));
      // .299 red + .587 green + .114 blue
      EXPECT_THAT(Pixels(image), ElementsAre(2, 151, 100, 100, 151, 2));
    }
  }
}

TEST(PngTest, PaletteOfOneBit) {
  StoredPng png;
  png.color_type = StoredPng::kPalette;
  png.bits = 1;
  png.width = 10;
  png.samples = {1, 0, 0, 1, 1, 1, 0, 1, 0, 1};
  png.before_pixels = PngChunk("PLTE", "abcxyz");
  std::vector<int> planes[3];
  for (const int index : png.samples) {
    for (int c = 0; c < 3; ++c) planes[c].push_back("abcxyz"[3 * index + c]);
  }
  ExpectPlanes(png, planes[0], planes[1], planes[2]);
}

TEST(PngTest, RefusesColorsOutsideOfThePalette) {
  StoredPng png;
  png.color_type = StoredPng::kPalette;
  png.bits = 2;
  png.width = 3;
  png.samples = {0, 1, 2};
  Image image;
  EXPECT_THAT(DecodePng(png.Encode(), 3, &image),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("PLTE")));
  png.before_pixels = PngChunk("PLTE", "abcxyz");
  EXPECT_THAT(DecodePng(png.Encode(), 3, &image),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "cannot be decoded as PNG: a pixel has color 2 of a "
                       "palette of 2 colors"));
}

// One color of gray or RGB pixels may be marked as transparent.
TEST(PngTest, TransparentColorsKeepTheirs) {
  for (const int bits : {1, 4, 8, 16}) {
    StoredPng png = Pattern(StoredPng::kGray, bits, 3, 5);
    const int color = png.samples[4];
    png.before_pixels = PngChunk(
        "tRNS",
        std::string({static_cast<char>(color >> 8), static_cast<char>(color)}));
    ExpectPlanes(png, Plane(png, 0), Plane(png, 0), Plane(png, 0));
  }
  StoredPng png = Pattern(StoredPng::kRgb, 8, 3, 5);
  png.samples[0] = png.samples[1] = png.samples[2] = 7;
  png.before_pixels = PngChunk("tRNS", std::string("\0\7\0\7\0\7", 6));
  ExpectPlanes(png, Plane(png, 0), Plane(png, 1), Plane(png, 2));
}

// What a file says of gamma, colors and backgrounds leaves its samples alone.
TEST(PngTest, NoColorManagement) {
  const std::string gamma_one =
      PngChunk("gAMA", std::string("\0\1\x86\xA0", 4));
  const std::string chromaticities(32, '\1');
  const std::string chunks[] = {
      gamma_one,
      PngChunk("sRGB", std::string(1, '\0')),
      PngChunk("cHRM", chromaticities),
      PngChunk("iCCP", "a profile that is none"),
      PngChunk("sBIT", "\5\5\5"),
      gamma_one + PngChunk("bKGD", std::string("\0\1\0\2\0\3", 6)),
  };
  for (const std::string& chunk : chunks) {
    for (const auto type : {StoredPng::kRgb, StoredPng::kRgba}) {
      for (const int bits : {8, 16}) {
        StoredPng png = Pattern(type, bits, 4, 4);
        png.before_pixels = chunk;
        SCOPED_TRACE(chunk.substr(4, 4));
        ExpectPlanes(png, Plane(png, 0), Plane(png, 1), Plane(png, 2));
      }
    }
  }
}

TEST(PngTest, EveryTruncationIsAnError) {
  StoredPng png = Pattern(StoredPng::kRgb, 8, 9, 9);
  Image image;
  for (const bool interlaced : {false, true}) {
    png.interlaced = interlaced;
    const std::string file = png.Encode();
    for (size_t size = 0; size < file.size(); ++size) {
      EXPECT_FALSE(DecodePng(file.substr(0, size), 3, &image).ok()) << size;
    }
  }
}

// Each byte of what is used has a checksum. Not used is the last one, of the
// end mark, which holds nothing: libpng 1.6.39 looks at it, 1.6.48 does not.
TEST(PngTest, DamageIsAnError) {
  const std::string file = Pattern(StoredPng::kGray, 8, 5, 5).Encode();
  const size_t num_used = file.size() - 4;
  Image image;
  for (size_t i = 0; i < num_used; ++i) {
    std::string damaged = file;
    damaged[i] ^= 0x10;
    EXPECT_FALSE(DecodePng(damaged, 1, &image).ok()) << i;
  }
}

TEST(PngTest, DamageOfWhatIsNotUsedIsNone) {
  StoredPng png = Pattern(StoredPng::kGray, 8, 2, 2);
  std::string text = PngChunk("tEXt", "Comment");
  text.back() ^= 1;
  png.before_pixels = png.after_pixels = text;
  ExpectPlanes(png, Plane(png, 0), Plane(png, 0), Plane(png, 0));
}

TEST(PngTest, TooFewPixels) {
  StoredPng png = Pattern(StoredPng::kGray, 8, 6, 6);
  const std::string file = png.Encode();
  png.height = 7;
  png.samples.resize(42);
  const std::string header = png.Encode().substr(0, 33);
  Image image;
  EXPECT_THAT(DecodePng(header + file.substr(33), 1, &image),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("Not enough image data")));
}

TEST(PngTest, SizeNeedsTheHeaderOnly) {
  const std::string file = Pattern(StoredPng::kGray, 8, 6, 4).Encode();
  ASSERT_OK_AND_ASSIGN(const ImageSize size, ReadPngSize(file.substr(0, 41)));
  EXPECT_EQ(size, (ImageSize{6, 4}));
  EXPECT_THAT(ReadPngSize(file.substr(0, 20)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("ends too early")));
}

}  // namespace
}  // namespace tamp
