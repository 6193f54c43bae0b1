#include "data/png.h"

#include <png.h>

#include <cstdint>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace tamp {
namespace {

absl::Status PngError(const png_image& png) {
  return absl::InvalidArgumentError(
      absl::StrCat("cannot be decoded as PNG: ", png.message));
}

// REQUIRES: *png is zero-filled; the caller calls png_image_free.
absl::Status Begin(absl::string_view bytes, png_image* png) {
  png->version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(png, bytes.data(), bytes.size())) {
    return PngError(*png);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImageSize> ReadPngSize(absl::string_view bytes) {
  png_image png = {};
  const auto free_png = absl::MakeCleanup([&png] { png_image_free(&png); });
  const absl::Status status = Begin(bytes, &png);
  if (!status.ok()) return status;
  return ImageSize{png.height, png.width};
}

absl::Status DecodePng(absl::string_view bytes, int64_t channels,
                       Image* image) {
  png_image png = {};
  const auto free_png = absl::MakeCleanup([&png] { png_image_free(&png); });
  const absl::Status status = Begin(bytes, &png);
  if (!status.ok()) return status;
  // With an alpha channel, so that libpng does not blend with a background.
  png.format = PNG_FORMAT_RGBA;
  png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  const int64_t num_pixels = int64_t{png.height} * png.width;
  std::vector<uint8_t> rgba(4 * num_pixels);
  image->Resize(channels, png.height, png.width);
  // libpng warns of harmless oddities too: only an error stops it.
  if (!png_image_finish_read(&png, nullptr, rgba.data(), 0, nullptr)) {
    return PngError(png);
  }
  uint8_t* out = image->data();
  for (int64_t i = 0; i < num_pixels; ++i) {
    const uint8_t* p = &rgba[4 * i];
    if (channels == 1) {  // Rec. 601
      out[i] = (19595 * p[0] + 38470 * p[1] + 7471 * p[2] + 32768) >> 16;
    } else {
      for (int c = 0; c < 3; ++c) out[c * num_pixels + i] = p[c];
    }
  }
  return absl::OkStatus();
}

}  // namespace tamp
