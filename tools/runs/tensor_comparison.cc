#include "tools/runs/tensor_comparison.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace tamp {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TensorDifference CompareElements(const Safetensors::Tensor& a,
                                 const Safetensors::Tensor& b) {
  TensorDifference difference;
  difference.name = a.name;
  const absl::StatusOr<std::vector<float>> a_floats = a.ToFloats(),
                                           b_floats = b.ToFloats();
  for (const auto* floats : {&a_floats, &b_floats}) {
    if (floats->ok()) continue;
    return {a.name, kInfinity, kInfinity,
            std::string(floats->status().message())};
  }
  const std::vector<float>&u = *a_floats, &v = *b_floats;
  double norm = 0, error = 0;
  for (size_t i = 0; i < u.size(); ++i) {
    const double d = double{v[i]} - double{u[i]};
    norm += double{u[i]} * double{u[i]};
    error += d * d;
    difference.largest_difference =
        std::max(difference.largest_difference, std::fabs(d));
  }
  difference.relative_error =
      std::sqrt(error) / (norm > 0 ? std::sqrt(norm) : 1);
  if (!std::isfinite(difference.relative_error)) {
    difference.relative_error = kInfinity;
    difference.largest_difference = difference.relative_error;
  }
  return difference;
}

}  // namespace

std::vector<TensorDifference> CompareTensors(const Safetensors& a,
                                             const Safetensors& b) {
  std::vector<TensorDifference> differences;
  for (const Safetensors::Tensor& tensor : a.tensors()) {
    const Safetensors::Tensor* const other = b.Find(tensor.name);
    if (other == nullptr) {
      differences.push_back({tensor.name, 0, 0, "only in the first file"});
    } else if (other->dims != tensor.dims) {
      differences.push_back(
          {tensor.name, kInfinity, kInfinity,
           absl::StrCat(tensor.ShapeText(), " against ", other->ShapeText())});
    } else {
      differences.push_back(CompareElements(tensor, *other));
    }
  }
  for (const Safetensors::Tensor& tensor : b.tensors()) {
    if (a.Find(tensor.name) == nullptr) {
      differences.push_back({tensor.name, 0, 0, "only in the second file"});
    }
  }
  std::sort(differences.begin(), differences.end(),
            [](const TensorDifference& x, const TensorDifference& y) {
              return x.name < y.name;
            });
  return differences;
}

}  // namespace tamp
