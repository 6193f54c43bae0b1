#include "data/samples/normalizer.h"

#include <numeric>

#include "absl/strings/str_cat.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

// One for all, or one a channel.
float OfChannel(const std::vector<float>& values, int64_t channel) {
  return values.size() == 1 ? values[0] : values[channel];
}

}  // namespace

absl::StatusOr<Normalizer> Normalizer::Create(
    const TransformOptions& options, int64_t channels,
    const std::optional<ImageSize>& canvas) {
  RETURN_IF_ERROR(CheckChannelCounts(options, channels));
  Normalizer normalizer(options, channels);
  if (!options.mean_file.empty()) {
    ASSIGN_OR_RETURN(normalizer.mean_image_, ReadMeanImage(options.mean_file));
    RETURN_IF_ERROR(normalizer.CheckMeanImage(canvas));
    return normalizer;
  }
  normalizer.tables_.resize(channels);
  for (int64_t c = 0; c < channels; ++c) {
    const float mean = options.mean.empty() ? 0 : OfChannel(options.mean, c);
    for (int x = 0; x < 256; ++x) {
      normalizer.tables_[c][x] = normalizer.Value(c, x, mean);
    }
  }
  return normalizer;
}

absl::Status Normalizer::CheckMeanImage(
    const std::optional<ImageSize>& canvas) const {
  const MeanImage& mean = mean_image_;
  if (!canvas) {
    return absl::InvalidArgumentError(
        "mean_file needs images of one size before the crop; these differ");
  }
  if (mean.channels == channels_ && mean.height == canvas->height &&
      mean.width == canvas->width) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "mean_file ", options_.mean_file, " is ", mean.channels, "x", mean.height,
      "x", mean.width, ", the images before the crop are ", channels_, "x",
      canvas->height, "x", canvas->width));
}

std::vector<double> Normalizer::ChannelMeans() const {
  std::vector<double> means;
  if (!mean_image_.values.empty()) {
    const int64_t plane = mean_image_.height * mean_image_.width;
    const float* values = mean_image_.values.data();
    for (int64_t c = 0; c < channels_; ++c, values += plane) {
      means.push_back(std::accumulate(values, values + plane, 0.0) / plane);
    }
    return means;
  }
  if (options_.mean.empty()) return means;
  for (int64_t c = 0; c < channels_; ++c) {
    const double mean = OfChannel(options_.mean, c);
    means.push_back(options_.stddev.empty() ? mean : mean / options_.scale);
  }
  return means;
}

int64_t Normalizer::PlaneOf(int64_t channel) const {
  return options_.color_order == TransformationParameter::BGR
             ? channels_ - 1 - channel
             : channel;
}

float Normalizer::Value(int64_t channel, double x, double mean) const {
  if (options_.stddev.empty()) {
    return static_cast<float>((x - mean) * options_.scale);
  }
  return static_cast<float>((x * options_.scale - mean) /
                            OfChannel(options_.stddev, channel));
}

void Normalizer::SubtractMeanImage(const uint8_t* pixels, const ImageSize& size,
                                   const SampleOrigin& origin,
                                   float* out) const {
  for (int64_t c = 0; c < channels_; ++c) {
    const uint8_t* pixel = pixels + PlaneOf(c) * size.height * size.width;
    for (int64_t y = 0; y < size.height; ++y) {
      const float* row =
          mean_image_.values.data() +
          (c * mean_image_.height + origin.top + y) * mean_image_.width +
          origin.left;
      for (int64_t x = 0; x < size.width; ++x) {
        const float mean = row[origin.mirror ? size.width - 1 - x : x];
        *out++ = Value(c, *pixel++, mean);
      }
    }
  }
}

void Normalizer::Apply(const uint8_t* pixels, const ImageSize& size,
                       const SampleOrigin& origin, float* out) const {
  if (!mean_image_.values.empty()) {
    return SubtractMeanImage(pixels, size, origin, out);
  }
  const int64_t plane = size.height * size.width;
  for (int64_t c = 0; c < channels_; ++c) {
    const std::array<float, 256>& table = tables_[c];
    const uint8_t* pixel = pixels + PlaneOf(c) * plane;
    for (int64_t i = 0; i < plane; ++i) *out++ = table[*pixel++];
  }
}

}  // namespace tamp
