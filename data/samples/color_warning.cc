#include "data/samples/color_warning.h"

#include <cmath>

#include "absl/strings/str_format.h"

namespace tamp {
namespace {

constexpr double kBlueGreenRed[] = {103.94, 116.78, 123.68};
constexpr double kTolerance = 3;  // red and blue are 20 apart

}  // namespace

std::string ColorWarning(const std::vector<double>& means) {
  if (means.size() != 3) return "";
  for (int c = 0; c < 3; ++c) {
    if (!(std::fabs(means[c] - kBlueGreenRed[c]) <= kTolerance)) return "";
  }
  return absl::StrFormat(
      "the means %.5g, %.5g, %.5g look like ImageNet's in Caffe's order, blue "
      "first, but images are read red first; say transform_param { "
      "color_order: BGR }, or RGB if that is right",
      means[0], means[1], means[2]);
}

}  // namespace tamp
