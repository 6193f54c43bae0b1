// PNG files for tests, written sample by sample without libpng, so that what a
// decoder must find in them is known.

#ifndef TAMP_DATA_IMAGES_STORED_PNG_H_
#define TAMP_DATA_IMAGES_STORED_PNG_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tamp {

// Length, type, data and checksum.
std::string PngChunk(absl::string_view type, absl::string_view data);

struct StoredPng {
  enum ColorType {
    kGray = 0,
    kRgb = 2,
    kPalette = 3,
    kGrayAlpha = 4,
    kRgba = 6
  };

  ColorType color_type = kGray;
  int bits = 8;  // of a sample
  int height = 1, width = 1;
  bool interlaced = false;
  std::vector<int> samples;   // height x width x num_samples()
  std::string before_pixels;  // chunks, such as a palette
  std::string after_pixels;

  int num_samples() const;  // of a pixel
  int sample(int y, int x, int i) const {
    return samples[(y * width + x) * num_samples() + i];
  }
  // The bytes of the file.
  std::string Encode() const;
};

}  // namespace tamp

#endif  // TAMP_DATA_IMAGES_STORED_PNG_H_
