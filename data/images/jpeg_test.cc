// Which oddities of a JPEG leave its pixels as they are, and which do not.

#include "data/images/jpeg.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

using testing::HasSubstr;

constexpr char kEnd[] = "\xFF\xD9";

std::string Photo(const JpegOptions& options = {}) {
  return EncodeJpeg(SmoothImage(3, 40, 48, 3).view(), options);
}

std::vector<int> Pixels(const std::string& file, int64_t channels = 3) {
  Image image;
  const absl::Status status = DecodeJpeg(file, channels, &image);
  EXPECT_OK(status);
  const ImageView view = image.view();
  return std::vector<int>(view.data, view.data + view.num_pixels());
}

// Where the marker FF `code` stands, after the byte `from`.
size_t Marker(const std::string& file, int code, size_t from = 0) {
  const size_t found =
      file.find(std::string({'\xFF', static_cast<char>(code)}), from);
  EXPECT_NE(found, std::string::npos) << code;
  return found;
}

// Where the coefficients of the first scan begin.
size_t FirstScan(const std::string& file) {
  const size_t scan = Marker(file, 0xDA);
  return scan + 2 + 256 * static_cast<unsigned char>(file[scan + 2]) +
         static_cast<unsigned char>(file[scan + 3]);
}

std::string WithScanParameters(int first, int last, int approximation) {
  std::string file = Photo();
  const size_t end = FirstScan(file);
  file[end - 3] = static_cast<char>(first);
  file[end - 2] = static_cast<char>(last);
  file[end - 1] = static_cast<char>(approximation);
  return file;
}

TEST(JpegTest, HarmlessOdditiesKeepAllPixels) {
  const std::vector<int> expected = Pixels(Photo());
  // As phones write sequential scans.
  EXPECT_EQ(Pixels(WithScanParameters(0, 0, 0)), expected);
  EXPECT_EQ(Pixels(WithScanParameters(1, 63, 0)), expected);
  EXPECT_EQ(Pixels(WithScanParameters(0, 63, 0x11)), expected);
  EXPECT_EQ(Pixels(WithScanParameters(0, 255, 0)), expected);
  // As cameras pad their files.
  std::string padded = Photo();
  padded.insert(padded.size() - 2, std::string(100, '\0'));
  EXPECT_EQ(Pixels(padded), expected);
  std::string before_scan = Photo();
  before_scan.insert(Marker(before_scan, 0xDB), "anything");
  EXPECT_EQ(Pixels(before_scan), expected);
  EXPECT_EQ(Pixels(Photo() + "a second image, or anything else"), expected);
  std::string new_version = Photo();
  new_version[new_version.find("JFIF") + 5] = 9;
  EXPECT_EQ(Pixels(new_version), expected);
  std::string new_transform = Photo();
  new_transform.insert(2, std::string("\xFF\xEE\0\x0E"
                                      "Adobe\0\x64\0\0\0\0\7",
                                      16));
  EXPECT_EQ(Pixels(new_transform), expected);
}

void ExpectError(const std::string& file, const std::string& message) {
  Image image;
  for (const int64_t channels : {1, 3}) {
    EXPECT_THAT(DecodeJpeg(file, channels, &image),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         testing::AllOf(HasSubstr("cannot be decoded as JPEG"),
                                        HasSubstr(message))));
  }
}

TEST(JpegTest, WrongPixelsAreAnError) {
  const std::string photo = Photo();
  ExpectError(photo.substr(0, photo.size() - 20), "Premature end of JPEG file");
  // The end is there, but not all that belongs before it.
  ExpectError(photo.substr(0, photo.size() - 20) + kEnd,
              "premature end of data segment");
  // No code of the usual tables consists of ones.
  std::string ones = photo.substr(0, FirstScan(photo));
  for (int i = 0; i < 200; ++i) ones += std::string("\xFF\0", 2);
  ExpectError(ones + kEnd, "bad Huffman code");

  const std::string restarts = Photo({/*restart_interval=*/2});
  EXPECT_EQ(Pixels(restarts), Pixels(photo));
  std::string wrong_restart = restarts;
  wrong_restart[Marker(restarts, 0xD1) + 1] = '\xD5';
  ExpectError(wrong_restart, "instead of RST1");
}

// A wrong bit shifts all blocks behind it. The warning that there are bytes
// left over is often the only one, and half of the picture is garbage.
TEST(JpegTest, LeftoverBytesOfAScanAreAnError) {
  const std::string left_over = "bytes before marker 0xd9";
  std::string longer = Photo();
  longer.insert(longer.size() - 2, "some more blocks of the scan");
  ExpectError(longer, left_over);

  const std::string photo =
      EncodeJpeg(RandomImage(3, 64, 64, 5).view(), JpegOptions());
  int num_found = 0;
  for (size_t i = FirstScan(photo); i + 2 < photo.size(); i += 7) {
    std::string damaged = photo;
    damaged[i] ^= 0x10;
    Image image;
    const absl::Status status = DecodeJpeg(damaged, 3, &image);
    num_found += absl::StrContains(status.message(), left_over);
  }
  EXPECT_GT(num_found, 20);
}

TEST(JpegTest, MissingScansAreAnError) {
  const std::string progressive = Photo({0, /*progressive=*/true});
  EXPECT_EQ(Pixels(progressive), Pixels(Photo()));
  // Without the scan of the lowest coefficients.
  const size_t scan = Marker(progressive, 0xDA);
  const size_t tables = Marker(progressive, 0xC4, scan);
  ExpectError(progressive.substr(0, scan) + progressive.substr(tables),
              "Inconsistent progression sequence");
  // Cut off behind a scan, where a viewer shows a blurred picture.
  ExpectError(progressive.substr(0, Marker(progressive, 0xC4, tables + 2)),
              "Premature end of JPEG file");
}

}  // namespace
}  // namespace tamp
