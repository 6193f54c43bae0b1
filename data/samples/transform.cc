#include "data/samples/transform.h"

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "data/images/decode_image.h"
#include "data/images/window.h"

namespace tamp {
namespace {

std::string ToString(const ImageSize& size) {
  return absl::StrCat(size.width, "x", size.height);
}

// Where a crop in the middle starts; halves go to the even neighbor, as in
// torchvision.
int64_t CenterStart(int64_t extent, int64_t crop) {
  return std::lrint((extent - crop) / 2.0);
}

}  // namespace

absl::StatusOr<Transform> Transform::Create(const TransformOptions& options,
                                            const Dataset& dataset,
                                            Phase phase) {
  Transform transform(options, phase);
  if (phase == TEST && options.resize.size() > 1) {
    transform.options_.resize.resize(1);
  }
  RETURN_IF_ERROR(transform.CheckImages(dataset));
  return transform;
}

absl::Status Transform::CheckImages(const Dataset& dataset) {
  for (int64_t i = 0; i < dataset.size(); ++i) {
    const ImageSize image = dataset.image_size(i);
    if (options_.resize.empty()) {
      RETURN_IF_ERROR(AddCanvas(image, dataset, i));
    }
    for (const int64_t shorter : options_.resize) {
      const ImageSize resized = ResizedSize(image, shorter);
      if (resized.height * resized.width > kMaxImagePixels) {
        return absl::InvalidArgumentError(absl::StrCat(
            dataset.image_name(i), " of ", ToString(image),
            " pixels would be resized to ", ToString(resized),
            "; remove it or choose a smaller transform_param.resize"));
      }
      room_.Include(dataset.channels(), image, resized);
      RETURN_IF_ERROR(AddCanvas(resized, dataset, i));
    }
  }
  ImageSize sample = *first_canvas_;
  if (options_.crop_size > 0) sample = {options_.crop_size, options_.crop_size};
  sample_shape_ = Shape({dataset.channels(), sample.height, sample.width});
  return absl::OkStatus();
}

// Notes what image `index` is resized to; there may be several sizes.
absl::Status Transform::AddCanvas(const ImageSize& resized,
                                  const Dataset& dataset, int64_t index) {
  const ImageSize canvas = {resized.height + 2 * options_.pad,
                            resized.width + 2 * options_.pad};
  if (options_.crop_size > std::min(canvas.height, canvas.width)) {
    return absl::InvalidArgumentError(absl::StrCat(
        dataset.image_name(index), " has ", ToString(canvas),
        " pixels before the crop, fewer than crop_size ", options_.crop_size,
        "; enlarge images with transform_param.resize, or crop less"));
  }
  if (!first_canvas_) first_canvas_ = canvas;
  if (*first_canvas_ == canvas) return absl::OkStatus();
  canvases_differ_ = true;
  if (options_.crop_size > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      dataset.image_name(index), " would become a sample of ", ToString(canvas),
      " pixels, others are of ", ToString(*first_canvas_),
      "; give all one size with transform_param.crop_size"));
}

WarpOptions Transform::DrawWarp(const ImageSize& image,
                                RandomStream* random) const {
  WarpOptions warp;
  warp.pad = options_.pad;
  if (is_random_ && options_.rotate_degrees > 0) {
    warp.degrees =
        random->Uniform(-options_.rotate_degrees, options_.rotate_degrees);
  }
  const int64_t height = image.height + 2 * warp.pad;
  const int64_t width = image.width + 2 * warp.pad;
  warp.crop.height = sample_shape_.dim(1);
  warp.crop.width = sample_shape_.dim(2);
  if (is_random_) {
    warp.crop.top = random->UniformInt(height - warp.crop.height + 1);
    warp.crop.left = random->UniformInt(width - warp.crop.width + 1);
  } else {
    warp.crop.top = CenterStart(height, warp.crop.height);
    warp.crop.left = CenterStart(width, warp.crop.width);
  }
  warp.mirror = is_random_ && options_.mirror && random->UniformInt(2) == 1;
  return warp;
}

SampleOrigin Transform::Apply(const ImageView& image, RandomStream* random,
                              Resizer* resizer, uint8_t* out) const {
  ImageSize size = {image.height, image.width};
  if (!options_.resize.empty()) {
    const int64_t count = options_.resize.size();
    size = ResizedSize(
        size, options_.resize[count == 1 ? 0 : random->UniformInt(count)]);
  }
  const WarpOptions warp = DrawWarp(size, random);
  ImageWindow window = ImageWindow::All(image);
  if (!options_.resize.empty()) {
    // Resized pixels that nobody reads are not computed.
    const Window source = WarpSource(size, warp);
    window = {{nullptr, image.channels, 0, 0}, 0, 0, size};
    if (source.height > 0) window = resizer->Resize(image, size, source);
  }
  Warp(window, warp, out);
  return {warp.crop.top, warp.crop.left, warp.mirror};
}

}  // namespace tamp
