// Warp: padding, rotation, crop and mirroring in one pass over the output.
//
// The image with its padding is the canvas. Rotation turns the canvas about its
// center, keeps its size and fills with 0 what nothing comes to. Crop cuts a
// rectangle of the canvas; mirroring reverses its columns. Every output pixel
// is one input pixel or 0, so that the steps compose exactly.
//
// Rotation by the angle t, counter-clockwise as one sees it, about the center
// (cx, cy), half the canvas's extents: output pixel (x, y) is the input pixel
// that holds the point
//
//   x' = cos(t) (x + 1/2 - cx) - sin(t) (y + 1/2 - cy) + cx
//   y' = sin(t) (x + 1/2 - cx) + cos(t) (y + 1/2 - cy) + cy
//
// in fixed point of 16 bits, as in Pillow, so that results are the same bytes.

#ifndef TAMP_DATA_IMAGES_WARP_H_
#define TAMP_DATA_IMAGES_WARP_H_

#include <cstdint>

#include "data/images/image.h"
#include "data/images/window.h"

namespace tamp {

struct WarpOptions {
  int64_t pad = 0;     // pixels on every side
  double degrees = 0;  // counter-clockwise
  Window crop;         // in the canvas
  bool mirror = false;
};

// The part of an image of that size that Warp reads; empty when the output is
// nothing but fill.
Window WarpSource(const ImageSize& image, const WarpOptions& options);

// Writes channels x crop.height x crop.width pixels. REQUIRES: the crop lies in
// the canvas; the window holds WarpSource of its full size.
void Warp(const ImageWindow& image, const WarpOptions& options, uint8_t* out);

}  // namespace tamp

#endif  // TAMP_DATA_IMAGES_WARP_H_
