// PNG files in memory (libpng).

#ifndef TAMP_DATA_PNG_H_
#define TAMP_DATA_PNG_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "data/image.h"

namespace tamp {

// Reads the header only. Messages of both functions go behind a file's name.
absl::StatusOr<ImageSize> ReadPngSize(absl::string_view bytes);

// Decodes into 3 channels (red, green, blue) or 1 (luminance), whatever the
// file holds: palettes, 16 bits and transparency included, the colours of
// transparent pixels being taken as they are.
// REQUIRES: ReadPngSize succeeded and the caller can afford that size.
absl::Status DecodePng(absl::string_view bytes, int64_t channels, Image* image);

}  // namespace tamp

#endif  // TAMP_DATA_PNG_H_
