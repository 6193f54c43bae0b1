// A rectangle of a larger image: what is left of a resized image that is made
// only where it is needed.

#ifndef TAMP_DATA_IMAGES_WINDOW_H_
#define TAMP_DATA_IMAGES_WINDOW_H_

#include <cstdint>

#include "data/images/image.h"

namespace tamp {

// Rows top..top+height-1, columns left..left+width-1; may be empty.
struct Window {
  int64_t top = 0, left = 0, height = 0, width = 0;
};

struct ImageWindow {
  ImageView pixels;  // of the window alone
  int64_t top = 0;   // place of pixels in the whole image
  int64_t left = 0;
  ImageSize full_size;  // of the whole image

  static ImageWindow All(const ImageView& image) {
    return {image, 0, 0, {image.height, image.width}};
  }
};

}  // namespace tamp

#endif  // TAMP_DATA_IMAGES_WINDOW_H_
