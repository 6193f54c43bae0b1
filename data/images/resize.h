// Resizing with a triangle filter ("bilinear"), antialiased: where an axis
// shrinks, the filter widens with the pixel distance of the output, so that
// every input pixel counts.
//
// Output pixel o of an axis that goes from n to m pixels lies at
// c = (o + 1/2) n/m in the input. Input pixel i has the weight
// max(0, 1 - |i + 1/2 - c| / s), s = max(1, n/m), and weights sum to 1. Rows
// come first, then columns, and 8 bits are kept in between: this is Pillow's
// arithmetic, and the results are the same bytes.

#ifndef TAMP_DATA_IMAGES_RESIZE_H_
#define TAMP_DATA_IMAGES_RESIZE_H_

#include <cstdint>
#include <vector>

#include "data/images/image.h"
#include "data/images/window.h"

namespace tamp {

// The size of an image whose shorter side becomes `shorter` pixels; the longer
// one keeps the aspect ratio, rounded down.
ImageSize ResizedSize(const ImageSize& image, int64_t shorter);

// What resizing needs in memory; the most of all that was included.
struct ResizeRoom {
  int64_t narrow_pixels = 0, result_pixels = 0;
  int64_t num_taps = 0, num_outputs = 0;  // of one axis

  void Include(int64_t channels, const ImageSize& image,
               const ImageSize& resized);
};

// Memory kept from image to image.
class Resizer {
 public:
  // Later calls allocate nothing for what the room includes.
  void Reserve(const ResizeRoom& room);

  // Computes the pixels `window` of `image` resized to `size`. They are valid
  // until the next call. REQUIRES: the window lies in `size`, not empty.
  ImageWindow Resize(const ImageView& image, const ImageSize& size,
                     const Window& window);

 private:
  // The filter of every output pixel of one axis: taps[o * max_taps + k] is the
  // weight of input pixel first[o] + k, times 2^22.
  struct Axis {
    std::vector<int32_t> taps;
    std::vector<int32_t> first;
    std::vector<int32_t> num_taps;
    int64_t max_taps = 0;

    // Filters of the outputs begin..begin+count-1.
    void Compute(int64_t input, int64_t output, int64_t begin, int64_t count);
  };

  void ResizeRow(const uint8_t* row, int64_t width, uint8_t* out) const;
  void ResizeColumns(const uint8_t* top_row, int64_t row_stride, int64_t y,
                     int64_t width, uint8_t* out);

  Axis rows_, columns_;  // rows_: filters along x; columns_: along y
  Image narrow_;         // rows done, columns not
  Image result_;
  std::vector<int32_t> sums_;  // one output row
};

}  // namespace tamp

#endif  // TAMP_DATA_IMAGES_RESIZE_H_
