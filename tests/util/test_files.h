// Made-up data sets for tests.

#ifndef TAMP_TESTS_UTIL_TEST_FILES_H_
#define TAMP_TESTS_UTIL_TEST_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "data/images/image.h"

namespace tamp {

// An empty folder of that name among the test's temporary files.
std::string EmptyFolder(const std::string& name);

// Makes the folders on the way, too.
void WriteBytes(const std::string& path, absl::string_view bytes);

// A file for zlib.
void WriteGzip(const std::string& path, absl::string_view bytes);

// Pixels that depend on `seed` alone.
Image RandomImage(int64_t channels, int64_t height, int64_t width,
                  uint64_t seed);

// A smooth image, which JPEG keeps within a few gray levels: pixel (c, y, x) is
// seed + 40 c + 2 y + 3 x, mod 256 and never wrapping for small sizes.
Image SmoothImage(int64_t channels, int64_t height, int64_t width, int seed);

struct JpegOptions {
  int restart_interval = 0;  // in blocks; 0: no restart markers
  bool progressive = false;
};

// The bytes of a file of 1 or 3 channels.
std::string EncodeJpeg(const ImageView& image, const JpegOptions& options = {});
std::string EncodePng(const ImageView& image);

// Records of CIFAR-10: image i has label labels[i], its pixels are
// (first_pixel + i) mod 256 everywhere.
std::string CifarRecords(const std::vector<int>& labels, int first_pixel = 0);

// A folder of CIFAR-10 with num_train images in each training file, and
// num_test test images; labels and pixels count up.
void WriteCifar10(const std::string& folder, int num_train, int num_test);

// IDX files of bytes.
std::string IdxBytes(const std::vector<uint32_t>& dims,
                     absl::string_view elements);

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_TEST_FILES_H_
