// Image files in memory, of whatever format their first bytes tell.

#ifndef TAMP_DATA_IMAGES_DECODE_IMAGE_H_
#define TAMP_DATA_IMAGES_DECODE_IMAGE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "data/images/image.h"

namespace tamp {

// Larger images are refused before memory is allocated for them.
constexpr int64_t kMaxImagePixels = int64_t{1} << 26;  // of one channel

struct DecodeOptions {
  int64_t channels = 3;           // or 1
  bool exif_orientation = false;  // turn as the file asks
};

// The size that the image will have. `bytes` may be the beginning of a file, if
// it is long enough to hold the header, and with exif_orientation all places
// for it. Messages go behind a file's name.
absl::StatusOr<ImageSize> ReadImageSize(absl::string_view bytes,
                                        bool exif_orientation);

// Decodes a JPEG or PNG.
absl::Status DecodeImage(absl::string_view bytes, const DecodeOptions& options,
                         Image* image);

}  // namespace tamp

#endif  // TAMP_DATA_IMAGES_DECODE_IMAGE_H_
