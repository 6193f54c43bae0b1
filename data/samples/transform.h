// Transform: from an image of a data set to the pixels of a sample: resize,
// pad, rotate, crop, mirror, in this order (proto/data.proto). Normalizer makes
// floats of them.
//
// In TRAIN the size to resize to, the angle, the place of the crop and the
// mirroring are drawn from the caller's random numbers. In TEST nothing is
// random: the first size, no rotation, the center crop, no mirroring.

#ifndef TAMP_DATA_SAMPLES_TRANSFORM_H_
#define TAMP_DATA_SAMPLES_TRANSFORM_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "core/rng.h"
#include "core/shape.h"
#include "data/datasets/dataset.h"
#include "data/images/image.h"
#include "data/images/resize.h"
#include "data/images/warp.h"
#include "data/samples/normalizer.h"
#include "data/samples/transform_options.h"
#include "proto/layer.pb.h"

namespace tamp {

class Transform {
 public:
  // Checks that every image of the data set gives a sample, and that samples
  // have one shape. An error names the image and says what would help.
  static absl::StatusOr<Transform> Create(const TransformOptions& options,
                                          const Dataset& dataset, Phase phase);

  // [channels, height, width]
  const Shape& sample_shape() const { return sample_shape_; }
  // The size of all images between padding and crop; none when they differ.
  std::optional<ImageSize> canvas_size() const {
    return canvases_differ_ ? std::nullopt : first_canvas_;
  }

  // Makes a resizer that needs no memory from here on.
  void Reserve(Resizer* resizer) const { resizer->Reserve(room_); }

  // Writes the sample's pixels, in planes, and returns where it was cut out.
  // REQUIRES: an image of the data set.
  SampleOrigin Apply(const ImageView& image, RandomStream* random,
                     Resizer* resizer, uint8_t* out) const;

 private:
  Transform(const TransformOptions& options, Phase phase)
      : options_(options), is_random_(phase == TRAIN) {}

  absl::Status CheckImages(const Dataset& dataset);
  absl::Status AddCanvas(const ImageSize& resized, const Dataset& dataset,
                         int64_t index);
  WarpOptions DrawWarp(const ImageSize& image, RandomStream* random) const;

  TransformOptions options_;
  bool is_random_;
  Shape sample_shape_;
  std::optional<ImageSize> first_canvas_;
  bool canvases_differ_ = false;
  ResizeRoom room_;
};

}  // namespace tamp

#endif  // TAMP_DATA_SAMPLES_TRANSFORM_H_
