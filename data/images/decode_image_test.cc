#include "data/images/decode_image.h"

#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

using testing::HasSubstr;

int64_t LargestDifference(const ImageView& a, const ImageView& b) {
  if (a.channels != b.channels || a.height != b.height || a.width != b.width) {
    return 256;
  }
  int64_t largest = 0;
  for (int64_t i = 0; i < a.num_pixels(); ++i) {
    largest = std::max<int64_t>(largest, std::abs(a.data[i] - b.data[i]));
  }
  return largest;
}

TEST(DecodeImageTest, PngIsExact) {
  const Image color = RandomImage(3, 7, 5, 1), gray = RandomImage(1, 4, 9, 2);
  const std::string color_file = EncodePng(color.view());
  ASSERT_OK_AND_ASSIGN(const ImageSize size, ReadImageSize(color_file, false));
  EXPECT_EQ(size, (ImageSize{7, 5}));
  Image decoded;
  ASSERT_OK(DecodeImage(color_file, {3}, &decoded));
  EXPECT_EQ(LargestDifference(decoded.view(), color.view()), 0);
  ASSERT_OK(DecodeImage(EncodePng(gray.view()), {1}, &decoded));
  EXPECT_EQ(LargestDifference(decoded.view(), gray.view()), 0);
}

TEST(DecodeImageTest, JpegIsClose) {
  const Image color = SmoothImage(3, 17, 30, 9);
  const std::string file = EncodeJpeg(color.view());
  ASSERT_OK_AND_ASSIGN(const ImageSize size, ReadImageSize(file, false));
  EXPECT_EQ(size, (ImageSize{17, 30}));
  Image decoded;
  ASSERT_OK(DecodeImage(file, {3}, &decoded));
  EXPECT_LE(LargestDifference(decoded.view(), color.view()), 6);
}

TEST(DecodeImageTest, ConvertsColors) {
  const Image color = SmoothImage(3, 8, 8, 9), gray = SmoothImage(1, 8, 8, 9);
  Image gray_of_color(1, 8, 8), color_of_gray(3, 8, 8);
  for (int64_t i = 0; i < 64; ++i) {
    const uint8_t* p = color.view().data + i;
    gray_of_color.data()[i] =
        static_cast<uint8_t>(0.299 * p[0] + 0.587 * p[64] + 0.114 * p[128]);
    for (int c = 0; c < 3; ++c) {
      color_of_gray.data()[c * 64 + i] = gray.view().data[i];
    }
  }
  Image decoded;
  ASSERT_OK(DecodeImage(EncodePng(color.view()), {1}, &decoded));
  EXPECT_LE(LargestDifference(decoded.view(), gray_of_color.view()), 1);
  ASSERT_OK(DecodeImage(EncodeJpeg(color.view()), {1}, &decoded));
  EXPECT_LE(LargestDifference(decoded.view(), gray_of_color.view()), 4);
  ASSERT_OK(DecodeImage(EncodePng(gray.view()), {3}, &decoded));
  EXPECT_EQ(LargestDifference(decoded.view(), color_of_gray.view()), 0);
  ASSERT_OK(DecodeImage(EncodeJpeg(gray.view()), {3}, &decoded));
  EXPECT_LE(LargestDifference(decoded.view(), color_of_gray.view()), 3);
}

// Every beginning of a file is an error, not a crash and not a gray image.
TEST(DecodeImageTest, TruncatedFiles) {
  const Image image = RandomImage(3, 40, 40, 3);
  const std::string jpeg = EncodeJpeg(image.view());
  const std::string png = EncodePng(image.view());
  Image decoded;
  for (const std::string& file : {jpeg, png}) {
    // The last bytes are end marks that may be missing without harm.
    for (size_t size = 0; size + 16 < file.size(); size += 7) {
      EXPECT_THAT(DecodeImage(file.substr(0, size), {3}, &decoded),
                  StatusIs(absl::StatusCode::kInvalidArgument, testing::_))
          << size << " of " << file.size();
    }
  }
  EXPECT_THAT(DecodeImage(jpeg.substr(0, jpeg.size() / 2), {3}, &decoded),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("cannot be decoded as JPEG")));
}

TEST(DecodeImageTest, DamagedFilesNeverCrash) {
  const Image image = RandomImage(3, 24, 24, 4);
  Image decoded;
  for (const std::string& file :
       {EncodeJpeg(image.view()), EncodePng(image.view())}) {
    for (size_t i = 0; i < file.size(); ++i) {
      std::string damaged = file;
      damaged[i] ^= 0x55;
      // Any answer will do, as long as there is one.
      DecodeImage(damaged, {3}, &decoded).IgnoreError();
    }
  }
}

TEST(DecodeImageTest, OtherFiles) {
  Image decoded;
  for (const char* file : {"", "GIF89a", "\xFF\xD8"}) {
    EXPECT_THAT(DecodeImage(file, {3}, &decoded),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "is neither JPEG nor PNG"));
  }
}

TEST(DecodeImageTest, RefusesHugeImagesByTheirHeader) {
  // JPEG: the extents stand in the frame header, two bytes each.
  std::string jpeg = EncodeJpeg(SmoothImage(1, 8, 8, 0).view());
  const size_t frame = jpeg.find(std::string("\xFF\xC0", 2));
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\xF0\x00\xF0\x00", 4);
  EXPECT_THAT(ReadImageSize(jpeg, false),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("has 61440x61440 pixels; at most")));
  Image decoded;
  EXPECT_FALSE(DecodeImage(jpeg, {3}, &decoded).ok());
}

}  // namespace
}  // namespace tamp
