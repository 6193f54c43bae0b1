#include "data/images/exif_orientation.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "data/images/decode_image.h"
#include "data/images/stored_png.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;

std::string Number(uint32_t number, int size, bool is_big_endian) {
  std::string bytes;
  for (int i = 0; i < size; ++i) {
    const int place = is_big_endian ? size - 1 - i : i;
    bytes.push_back(static_cast<char>(number >> 8 * place));
  }
  return bytes;
}

struct Entry {
  uint32_t tag = 0x0112, type = 3, count = 1, value = 6;
};

std::string Tiff(const std::vector<Entry>& entries, bool is_big_endian) {
  const auto number = [&](uint32_t n, int size) {
    return Number(n, size, is_big_endian);
  };
  // The directory stands behind two bytes that nobody reads.
  std::string tiff =
      absl::StrCat(is_big_endian ? "MM" : "II", number(42, 2), number(10, 4),
                   "??", number(entries.size(), 2));
  for (const Entry& e : entries) {
    absl::StrAppend(&tiff, number(e.tag, 2), number(e.type, 2),
                    number(e.count, 4), number(e.value, 2), "??");
  }
  return tiff + number(0, 4);
}

// A small JPEG with the segment FF `marker`.
std::string Jpeg(int marker, const std::string& data) {
  std::string file = EncodeJpeg(SmoothImage(1, 8, 16, 10).view());
  file.insert(2, absl::StrCat(std::string({'\xFF', static_cast<char>(marker)}),
                              Number(data.size() + 2, 2, true), data));
  return file;
}

std::string ExifJpeg(const std::string& tiff) {
  return Jpeg(0xE1, std::string("Exif\0\0", 6) + tiff);
}

StoredPng SixPixels() {
  StoredPng png;
  png.height = 2;
  png.width = 3;
  png.samples = {1, 2, 3, 4, 5, 6};
  return png;
}

void ExpectOrientation(const std::string& file, int expected) {
  ASSERT_OK_AND_ASSIGN(const int orientation, ReadExifOrientation(file));
  EXPECT_EQ(orientation, expected);
}

TEST(ExifOrientationTest, OfJpegs) {
  for (const bool is_big_endian : {false, true}) {
    for (uint32_t value = 1; value <= 8; ++value) {
      const Entry before = {0x0110, 2, 1, 4},
                  orientation = {0x0112, 3, 1, value};
      ExpectOrientation(ExifJpeg(Tiff({before, orientation}, is_big_endian)),
                        value);
    }
  }
}

TEST(ExifOrientationTest, OfPngs) {
  StoredPng png = SixPixels();
  ExpectOrientation(png.Encode(), 1);
  const std::string chunk = PngChunk("eXIf", Tiff({Entry()}, true));
  png.before_pixels = PngChunk("tEXt", "Comment") + chunk;
  ExpectOrientation(png.Encode(), 6);
  png.before_pixels = "";
  png.after_pixels = chunk;
  ExpectOrientation(png.Encode(), 6);
  png.after_pixels = chunk;
  png.after_pixels.back() ^= 1;  // a wrong checksum
  ExpectOrientation(png.Encode(), 1);
}

TEST(ExifOrientationTest, OtherMetadataIsUpright) {
  ExpectOrientation(EncodeJpeg(SmoothImage(1, 8, 8, 0).view()), 1);
  ExpectOrientation(Jpeg(0xE1, "http://ns.adobe.com/xap/1.0/ and so on"), 1);
  ExpectOrientation(
      Jpeg(0xE2, std::string("Exif\0\0", 6) + Tiff({Entry()}, true)), 1);
  ExpectOrientation(ExifJpeg(""), 1);
  ExpectOrientation(ExifJpeg("II"), 1);
  ExpectOrientation(ExifJpeg(Tiff({}, true)), 1);
  for (const Entry& entry : std::vector<Entry>{{0x0112, 3, 1, 0},
                                               {0x0112, 3, 1, 9},
                                               {0x0112, 3, 2, 6},
                                               {0x0112, 4, 1, 6},
                                               {0x0111, 3, 1, 6}}) {
    ExpectOrientation(ExifJpeg(Tiff({entry}, true)), 1);
  }
  std::string other = Tiff({Entry()}, false);
  other[2] = 43;
  ExpectOrientation(ExifJpeg(other), 1);
}

// Whatever numbers stand there: an answer within the bytes.
TEST(ExifOrientationTest, Damage) {
  const std::string file = ExifJpeg(Tiff({{0x0110, 2, 1, 4}, Entry()}, true));
  for (size_t i = 2; i < 60; ++i) {
    for (const int byte : {0, 1, 0x7F, 0x80, 0xFF}) {
      std::string damaged = file;
      damaged[i] = static_cast<char>(byte);
      const absl::StatusOr<int> orientation = ReadExifOrientation(damaged);
      if (!orientation.ok()) continue;
      EXPECT_GE(*orientation, 1);
      EXPECT_LE(*orientation, 8);
    }
  }
}

// The beginning of a file is no answer while an orientation could follow.
TEST(ExifOrientationTest, Beginnings) {
  const std::string jpeg = ExifJpeg(Tiff({Entry()}, false));
  StoredPng png = SixPixels();
  png.after_pixels = PngChunk("eXIf", Tiff({Entry()}, true));
  for (const std::string& file : {jpeg, png.Encode()}) {
    for (size_t size = 8; size < file.size(); ++size) {
      const auto orientation = ReadExifOrientation(file.substr(0, size));
      if (orientation.ok()) {
        EXPECT_EQ(*orientation, 6) << size;
      } else {
        EXPECT_THAT(orientation, StatusIs(absl::StatusCode::kInvalidArgument,
                                          HasSubstr("could still follow")));
      }
    }
  }
}

// By hand, from the table in the header.
TEST(ExifOrientationTest, TurnsImages) {
  const std::vector<std::vector<int>> turned = {
      {1, 2, 3,  //
       4, 5, 6},
      {3, 2, 1,  //
       6, 5, 4},
      {6, 5, 4,  //
       3, 2, 1},
      {4, 5, 6,  //
       1, 2, 3},
      {1, 4,  //
       2, 5,  //
       3, 6},
      {4, 1,  //
       5, 2,  //
       6, 3},
      {6, 3,  //
       5, 2,  //
       4, 1},
      {3, 6,  //
       2, 5,  //
       1, 4},
  };
  for (uint32_t orientation = 1; orientation <= 8; ++orientation) {
    SCOPED_TRACE(orientation);
    StoredPng png = SixPixels();
    png.before_pixels =
        PngChunk("eXIf", Tiff({{0x0112, 3, 1, orientation}}, false));
    const std::string file = png.Encode();
    const ImageSize expected =
        orientation < 5 ? ImageSize{2, 3} : ImageSize{3, 2};
    ASSERT_OK_AND_ASSIGN(const ImageSize size, ReadImageSize(file, true));
    EXPECT_EQ(size, expected);
    for (const int64_t channels : {1, 3}) {
      Image image;
      ASSERT_OK(DecodeImage(file, {channels, true}, &image));
      const ImageView view = image.view();
      EXPECT_EQ(view.channels, channels);
      EXPECT_EQ((ImageSize{view.height, view.width}), expected);
      for (int64_t c = 0; c < channels; ++c) {
        EXPECT_THAT(std::vector<int>(view.row(c, 0), view.row(c, 0) + 6),
                    ElementsAreArray(turned[orientation - 1]));
      }
      // Unless it is asked for, pixels stay as they are stored.
      ASSERT_OK(DecodeImage(file, {channels, false}, &image));
      EXPECT_EQ(image.view().width, 3);
      EXPECT_EQ(image.row(0, 1)[0], 4);
    }
  }
}

TEST(ExifOrientationTest, TurnsJpegs) {
  const std::string file = ExifJpeg(Tiff({Entry()}, true));  // 6
  ASSERT_OK_AND_ASSIGN(const ImageSize size, ReadImageSize(file, true));
  EXPECT_EQ(size, (ImageSize{16, 8}));
  Image stored, turned;
  ASSERT_OK(DecodeImage(file, {1, false}, &stored));
  ASSERT_OK(DecodeImage(file, {1, true}, &turned));
  for (int64_t y = 0; y < 16; ++y) {
    for (int64_t x = 0; x < 8; ++x) {
      EXPECT_EQ(turned.row(0, y)[x], stored.row(0, 7 - x)[y]);
    }
  }
}

}  // namespace
}  // namespace tamp
