// EXIF orientation: which way a camera was held, 1 .. 8, and images turned
// accordingly.
//
//   orientation   stored row 0 is    stored column 0 is
//        1          the top            the left side
//        2          the top            the right side
//        3          the bottom         the right side
//        4          the bottom         the left side
//        5          the left side      the top
//        6          the right side     the top
//        7          the right side     the bottom
//        8          the left side      the bottom

#ifndef TAMP_DATA_IMAGES_EXIF_ORIENTATION_H_
#define TAMP_DATA_IMAGES_EXIF_ORIENTATION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "data/images/image.h"

namespace tamp {

// The tag Orientation of a JPEG (APP1) or PNG (eXIf) file; 1 where there is
// none or where it is damaged, as viewers do. An error when the bytes end where
// it could still follow. The message goes behind a file's name.
absl::StatusOr<int> ReadExifOrientation(absl::string_view file);

// REQUIRES of both: 1 <= orientation <= 8.
ImageSize TurnedSize(const ImageSize& stored, int orientation);
void Turn(const ImageView& stored, int orientation, Image* turned);

}  // namespace tamp

#endif  // TAMP_DATA_IMAGES_EXIF_ORIENTATION_H_
