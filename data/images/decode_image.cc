#include "data/images/decode_image.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "data/images/exif_orientation.h"
#include "data/images/jpeg.h"
#include "data/images/png.h"

namespace tamp {
namespace {

constexpr char kJpegStart[] = "\xFF\xD8\xFF";
constexpr char kPngStart[] = "\x89PNG\r\n\x1A\n";

absl::Status DecodeStored(absl::string_view bytes, int64_t channels,
                          Image* image) {
  return absl::StartsWith(bytes, kJpegStart)
             ? DecodeJpeg(bytes, channels, image)
             : DecodePng(bytes, channels, image);
}

}  // namespace

absl::StatusOr<ImageSize> ReadImageSize(absl::string_view bytes,
                                        bool exif_orientation) {
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
  if (!exif_orientation) return size;
  ASSIGN_OR_RETURN(const int orientation, ReadExifOrientation(bytes));
  return TurnedSize(size, orientation);
}

absl::Status DecodeImage(absl::string_view bytes, const DecodeOptions& options,
                         Image* image) {
  RETURN_IF_ERROR(ReadImageSize(bytes, options.exif_orientation).status());
  int orientation = 1;
  if (options.exif_orientation) {
    ASSIGN_OR_RETURN(orientation, ReadExifOrientation(bytes));
  }
  if (orientation == 1) return DecodeStored(bytes, options.channels, image);
  Image stored;
  RETURN_IF_ERROR(DecodeStored(bytes, options.channels, &stored));
  Turn(stored.view(), orientation, image);
  return absl::OkStatus();
}

}  // namespace tamp
