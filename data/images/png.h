// PNG files in memory (libpng).

#ifndef TAMP_DATA_IMAGES_PNG_H_
#define TAMP_DATA_IMAGES_PNG_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "data/images/image.h"

namespace tamp {

// Reads the header only. Messages of both functions go behind a file's name.
absl::StatusOr<ImageSize> ReadPngSize(absl::string_view bytes);

// Decodes into 3 channels (red, green, blue) or 1 (luminance), whatever the
// file holds. Pixels are the samples that are stored:
//   - of 16 bits, round(v / 257); of 1, 2 and 4 bits, spread over 0 .. 255;
//   - no gamma, whatever gAMA, sRGB, cHRM and iCCP say;
//   - alpha and tRNS left out: the colors of transparent pixels as they are, on
//     no background (as Pillow's convert("RGB") and OpenCV's IMREAD_COLOR do).
// A file that is cut off, a wrong checksum of what is used, and an index
// outside of the palette are errors.
// REQUIRES: ReadPngSize succeeded and the caller can afford that size.
absl::Status DecodePng(absl::string_view bytes, int64_t channels, Image* image);

}  // namespace tamp

#endif  // TAMP_DATA_IMAGES_PNG_H_
