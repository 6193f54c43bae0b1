#include "data/samples/transform_options.h"

#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

constexpr int64_t kMaxSide = 16384;  // pixels
constexpr int64_t kMaxPad = 4096;

template <typename T>
absl::Status CheckRange(absl::string_view field, T value, T low, T high) {
  if (value >= low && value <= high) return absl::OkStatus();  // not NaN
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is ", value, ", it must be ", low, " to ", high));
}

absl::Status CheckCount(absl::string_view field, int64_t count,
                        int64_t channels) {
  if (count <= 1 || count == channels) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("transform_param.", field, " is given ", count,
                   " times; give it once, or once for each of the ", channels,
                   " channels of the images"));
}

absl::Status CheckValues(const TransformOptions& options) {
  for (const int64_t side : options.resize) {
    RETURN_IF_ERROR(
        CheckRange<int64_t>("transform_param.resize", side, 1, kMaxSide));
  }
  RETURN_IF_ERROR(
      CheckRange<int64_t>("transform_param.pad", options.pad, 0, kMaxPad));
  RETURN_IF_ERROR(CheckRange<double>("transform_param.rotate_degrees",
                                     options.rotate_degrees, 0, 180));
  RETURN_IF_ERROR(CheckRange<int64_t>("transform_param.crop_size",
                                      options.crop_size, 0, kMaxSide));
  RETURN_IF_ERROR(
      CheckRange<double>("transform_param.scale", options.scale, -1e30, 1e30));
  for (const float mean : options.mean) {
    RETURN_IF_ERROR(
        CheckRange<double>("transform_param.mean_value", mean, -1e30, 1e30));
  }
  for (const float stddev : options.stddev) {
    if (!(stddev > 0)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "transform_param.std_value is ", stddev, ", it must be above 0"));
    }
    RETURN_IF_ERROR(
        CheckRange<double>("transform_param.std_value", stddev, 1e-30, 1e30));
  }
  if (!options.mean.empty() && !options.mean_file.empty()) {
    return absl::InvalidArgumentError(
        "transform_param has mean_value and mean_file; give one of them");
  }
  if (options.force_color && options.force_gray) {
    return absl::InvalidArgumentError(
        "transform_param has force_color and force_gray; give one of them");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TransformOptions> ParseTransformOptions(
    const LayerParameter& parameter) {
  const TransformationParameter& transform = parameter.transform_param();
  const DataParameter& data = parameter.data_param();
  TransformOptions options;
  options.resize.assign(transform.resize().begin(), transform.resize().end());
  options.pad = transform.pad();
  options.rotate_degrees = transform.rotate_degrees();
  options.crop_size =
      transform.has_crop_size() ? transform.crop_size() : data.crop_size();
  options.mirror = transform.has_mirror() ? transform.mirror() : data.mirror();
  options.scale = transform.has_scale() ? transform.scale() : data.scale();
  options.mean.assign(transform.mean_value().begin(),
                      transform.mean_value().end());
  options.stddev.assign(transform.std_value().begin(),
                        transform.std_value().end());
  options.mean_file =
      transform.has_mean_file() ? transform.mean_file() : data.mean_file();
  options.force_color = transform.force_color() || data.force_encoded_color();
  options.force_gray = transform.force_gray();
  options.color_order = transform.color_order();
  options.has_color_order = transform.has_color_order();
  RETURN_IF_ERROR(CheckValues(options));
  return options;
}

absl::Status CheckChannelCounts(const TransformOptions& options,
                                int64_t channels) {
  RETURN_IF_ERROR(CheckCount("mean_value", options.mean.size(), channels));
  RETURN_IF_ERROR(CheckCount("std_value", options.stddev.size(), channels));
  if (options.color_order == TransformationParameter::RGB || channels == 3) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "transform_param.color_order is BGR, but images have ", channels,
      " channel", channels == 1 ? "" : "s", ", not 3; leave it out"));
}

}  // namespace tamp
