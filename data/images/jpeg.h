// JPEG files in memory (libjpeg).

#ifndef TAMP_DATA_IMAGES_JPEG_H_
#define TAMP_DATA_IMAGES_JPEG_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "data/images/image.h"

namespace tamp {

// Reads the header only. Messages of both functions go behind a file's name.
absl::StatusOr<ImageSize> ReadJpegSize(absl::string_view bytes);

// Decodes into 3 channels (red, green, blue) or 1 (luminance). Of libjpeg's
// warnings those are errors after which pixels may be wrong, as of a truncated
// file.
// REQUIRES: ReadJpegSize succeeded and the caller can afford that size.
absl::Status DecodeJpeg(absl::string_view bytes, int64_t channels,
                        Image* image);

}  // namespace tamp

#endif  // TAMP_DATA_IMAGES_JPEG_H_
