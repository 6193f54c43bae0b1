#include "data/decode_image.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "data/jpeg.h"
#include "data/png.h"

namespace tamp {
namespace {

constexpr char kJpegStart[] = "\xFF\xD8\xFF";
constexpr char kPngStart[] = "\x89PNG\r\n\x1A\n";

}  // namespace

absl::StatusOr<ImageSize> ReadImageSize(absl::string_view bytes) {
  ImageSize size;
  if (absl::StartsWith(bytes, kJpegStart)) {
    ASSIGN_OR_RETURN(size, ReadJpegSize(bytes));
  } else if (absl::StartsWith(bytes, kPngStart)) {
    ASSIGN_OR_RETURN(size, ReadPngSize(bytes));
  } else {
    return absl::InvalidArgumentError("is neither JPEG nor PNG");
  }
  if (size.height * size.width > kMaxImagePixels) {
    return absl::InvalidArgumentError(
        absl::StrCat("has ", size.width, "x", size.height, " pixels; at most ",
                     kMaxImagePixels, " are read"));
  }
  return size;
}

absl::Status DecodeImage(absl::string_view bytes, int64_t channels,
                         Image* image) {
  RETURN_IF_ERROR(ReadImageSize(bytes).status());
  return absl::StartsWith(bytes, kJpegStart)
             ? DecodeJpeg(bytes, channels, image)
             : DecodePng(bytes, channels, image);
}

}  // namespace tamp
