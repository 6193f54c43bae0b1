#include "data/images/warp.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/check.h"

namespace tamp {
namespace {

constexpr int kFractionBits = 16;

int64_t ToFixed(double value) {
  return static_cast<int64_t>(std::floor(value * (1 << kFractionBits) + 0.5));
}

struct Point {
  int64_t x = 0, y = 0;
};

// Where the pixels of the canvas come from: fixed-point, affine.
class Rotation {
 public:
  Rotation(double degrees, const ImageSize& canvas) {
    const double radians = degrees * (M_PI / 180);
    const double cosine = std::cos(radians), sine = std::sin(radians);
    const double cx = canvas.width / 2.0, cy = canvas.height / 2.0;
    // At pixel (0, 0), whose middle is (1/2, 1/2).
    origin_.x = ToFixed(cosine * (0.5 - cx) - sine * (0.5 - cy) + cx);
    origin_.y = ToFixed(sine * (0.5 - cx) + cosine * (0.5 - cy) + cy);
    step_x_ = {ToFixed(cosine), ToFixed(sine)};
    step_y_ = {ToFixed(-sine), ToFixed(cosine)};
  }

  // Still in fixed point.
  Point At(int64_t x, int64_t y) const {
    return {origin_.x + x * step_x_.x + y * step_y_.x,
            origin_.y + x * step_x_.y + y * step_y_.y};
  }
  Point step_x() const { return step_x_; }

 private:
  Point origin_, step_x_, step_y_;
};

ImageSize CanvasSize(const ImageSize& image, int64_t pad) {
  return {image.height + 2 * pad, image.width + 2 * pad};
}

// The rectangle of the canvas that the crop's pixels come from. The map is
// linear, so that the corners have the extreme coordinates.
Window SourceInCanvas(const ImageSize& image, const WarpOptions& options) {
  const Window& crop = options.crop;
  if (options.degrees == 0) return crop;
  const Rotation rotation(options.degrees, CanvasSize(image, options.pad));
  const int64_t right = crop.left + crop.width - 1;
  const int64_t bottom = crop.top + crop.height - 1;
  const Point corners[] = {
      rotation.At(crop.left, crop.top), rotation.At(right, crop.top),
      rotation.At(crop.left, bottom), rotation.At(right, bottom)};
  Point low = corners[0], high = corners[0];
  for (const Point& corner : corners) {
    low = {std::min(low.x, corner.x), std::min(low.y, corner.y)};
    high = {std::max(high.x, corner.x), std::max(high.y, corner.y)};
  }
  const int64_t top = low.y >> kFractionBits, left = low.x >> kFractionBits;
  return {top, left, (high.y >> kFractionBits) - top + 1,
          (high.x >> kFractionBits) - left + 1};
}

// Writes a row without rotation: fill, pixels, fill.
void CopyRow(const ImageWindow& image, const WarpOptions& options, int64_t y,
             int64_t channel, uint8_t* out) {
  const Window& crop = options.crop;
  const int64_t image_y = crop.top + y - options.pad;
  const int64_t left = crop.left - options.pad;  // of the crop, in the image
  std::memset(out, 0, crop.width);
  if (image_y < 0 || image_y >= image.full_size.height) return;
  const int64_t begin = std::max<int64_t>(left, 0);
  const int64_t end = std::min(left + crop.width, image.full_size.width);
  if (begin >= end) return;
  const uint8_t* row =
      image.pixels.row(channel, image_y - image.top) - image.left;
  if (options.mirror) {
    std::reverse_copy(row + begin, row + end, out + left + crop.width - end);
  } else {
    std::copy(row + begin, row + end, out + begin - left);
  }
}

void Copy(const ImageWindow& image, const WarpOptions& options, uint8_t* out) {
  const Window& crop = options.crop;
  for (int64_t c = 0; c < image.pixels.channels; ++c) {
    for (int64_t y = 0; y < crop.height; ++y) {
      CopyRow(image, options, y, c, out + (c * crop.height + y) * crop.width);
    }
  }
}

// Writes a row with rotation, all channels. Channels of the output are `plane`
// pixels apart.
void RotateRow(const ImageWindow& image, const WarpOptions& options,
               const Rotation& rotation, int64_t y, int64_t plane,
               uint8_t* out) {
  const Window& crop = options.crop;
  const ImageView& pixels = image.pixels;
  const int64_t image_plane = pixels.height * pixels.width;
  Point source = rotation.At(crop.left, crop.top + y);
  for (int64_t i = 0; i < crop.width; ++i) {
    const int64_t image_x = (source.x >> kFractionBits) - options.pad;
    const int64_t image_y = (source.y >> kFractionBits) - options.pad;
    const bool inside = image_x >= 0 && image_x < image.full_size.width &&
                        image_y >= 0 && image_y < image.full_size.height;
    const int64_t offset =
        (image_y - image.top) * pixels.width + image_x - image.left;
    const int64_t x = options.mirror ? crop.width - 1 - i : i;
    for (int64_t c = 0; c < pixels.channels; ++c) {
      out[c * plane + x] =
          inside ? pixels.data[c * image_plane + offset] : uint8_t{0};
    }
    source.x += rotation.step_x().x;
    source.y += rotation.step_x().y;
  }
}

}  // namespace

Window WarpSource(const ImageSize& image, const WarpOptions& options) {
  const Window source = SourceInCanvas(image, options);
  const int64_t top = std::max<int64_t>(0, source.top - options.pad);
  const int64_t left = std::max<int64_t>(0, source.left - options.pad);
  const int64_t bottom =
      std::min(image.height, source.top + source.height - options.pad);
  const int64_t right =
      std::min(image.width, source.left + source.width - options.pad);
  if (top >= bottom || left >= right) return {};
  return {top, left, bottom - top, right - left};
}

void Warp(const ImageWindow& image, const WarpOptions& options, uint8_t* out) {
  const Window& crop = options.crop;
  const ImageSize canvas = CanvasSize(image.full_size, options.pad);
  CHECK(crop.top >= 0 && crop.top + crop.height <= canvas.height);
  CHECK(crop.left >= 0 && crop.left + crop.width <= canvas.width);
  if (options.degrees == 0) return Copy(image, options, out);
  const Rotation rotation(options.degrees, canvas);
  for (int64_t y = 0; y < crop.height; ++y) {
    RotateRow(image, options, rotation, y, crop.height * crop.width,
              out + y * crop.width);
  }
}

}  // namespace tamp
