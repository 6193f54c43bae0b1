// TransformOptions: a checked TransformationParameter. proto/data.proto says
// what each step does.

#ifndef TAMP_DATA_SAMPLES_TRANSFORM_OPTIONS_H_
#define TAMP_DATA_SAMPLES_TRANSFORM_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/layer.pb.h"

namespace tamp {

struct TransformOptions {
  std::vector<int64_t> resize;  // pixels of the shorter side; empty: as it is
  int64_t pad = 0;              // pixels
  double rotate_degrees = 0;    // the largest angle
  int64_t crop_size = 0;        // pixels; 0: no crop
  bool mirror = false;
  float scale = 1;
  std::vector<float> mean;  // empty, one for all channels, or one a channel
  std::vector<float> stddev;
  std::string mean_file;  // empty: none
  bool force_color = false, force_gray = false;
  // Of the channels that mean, stddev, mean_file and the net see; images are
  // RGB.
  TransformationParameter::ColorOrder color_order =
      TransformationParameter::RGB;
  bool has_color_order = false;  // it was asked for
};

// Reads transform_param, and for what it does not say the old fields of
// data_param. An error names the field and its value.
absl::StatusOr<TransformOptions> ParseTransformOptions(
    const LayerParameter& parameter);

// Refuses means or deviations that are not one, or one for each channel, and an
// order of colors for images without.
absl::Status CheckChannelCounts(const TransformOptions& options,
                                int64_t channels);

}  // namespace tamp

#endif  // TAMP_DATA_SAMPLES_TRANSFORM_OPTIONS_H_
