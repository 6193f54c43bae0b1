// Normalizer: from pixels, x = 0 .. 255, to the floats that a network sees,
//
//   without standard deviations  y = (x - mean) * scale
//   with them                    y = (x * scale - mean) / std
//
// computed in double and rounded once. The mean is a number for each channel,
// or an image with a number for each pixel. Pixels have the channels red,
// green, blue; with color_order BGR floats, means and deviations have them the
// other way round.

#ifndef TAMP_DATA_SAMPLES_NORMALIZER_H_
#define TAMP_DATA_SAMPLES_NORMALIZER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data/images/image.h"
#include "data/samples/mean_image.h"
#include "data/samples/transform_options.h"

namespace tamp {

// Where a sample was cut out of its canvas, for the mean image.
struct SampleOrigin {
  int64_t top = 0, left = 0;
  bool mirror = false;
};

class Normalizer {
 public:
  // Reads options.mean_file, if any. `canvas` is the size of all images before
  // the crop, none when they differ: a mean image must have it. Errors: means
  // or deviations that are not one or one a channel, a bad mean image.
  static absl::StatusOr<Normalizer> Create(
      const TransformOptions& options, int64_t channels,
      const std::optional<ImageSize>& canvas);

  // One a channel in the order of the floats, in units of pixels; of a mean
  // image their averages, and empty where nothing is subtracted.
  std::vector<double> ChannelMeans() const;

  // Converts a sample, channels x size, in planes.
  void Apply(const uint8_t* pixels, const ImageSize& size,
             const SampleOrigin& origin, float* out) const;

 private:
  Normalizer(const TransformOptions& options, int64_t channels)
      : options_(options), channels_(channels) {}

  absl::Status CheckMeanImage(const std::optional<ImageSize>& canvas) const;
  // Where the pixels of a channel of the floats stand.
  int64_t PlaneOf(int64_t channel) const;
  float Value(int64_t channel, double x, double mean) const;
  void SubtractMeanImage(const uint8_t* pixels, const ImageSize& size,
                         const SampleOrigin& origin, float* out) const;

  TransformOptions options_;
  int64_t channels_;
  MeanImage mean_image_;  // without values when there is none
  // y of every x, a table a channel, when there is no mean image.
  std::vector<std::array<float, 256>> tables_;
};

}  // namespace tamp

#endif  // TAMP_DATA_SAMPLES_NORMALIZER_H_
