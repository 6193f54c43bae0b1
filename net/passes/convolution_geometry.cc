#include "net/passes/convolution_geometry.h"

#include <algorithm>

namespace tamp {
namespace {

// A repeated option of one value, or of two equal ones; `otherwise` when absent
// and -1 when the axes differ.
template <typename Values>
int OneForBothAxes(const Values& values, int otherwise) {
  if (values.empty()) return otherwise;
  const bool equal = std::all_of(values.begin(), values.end(),
                                 [&](auto v) { return v == values[0]; });
  return equal ? static_cast<int>(values[0]) : -1;
}

bool NamesAxes(const ConvolutionParameter& c) {
  return c.has_pad_h() || c.has_pad_w() || c.has_kernel_h() ||
         c.has_kernel_w() || c.has_stride_h() || c.has_stride_w();
}

bool NamesAxes(const PoolingParameter& p) {
  return p.has_pad_h() || p.has_pad_w() || p.has_kernel_h() ||
         p.has_kernel_w() || p.has_stride_h() || p.has_stride_w();
}

}  // namespace

bool IsPlainSquare(const ConvolutionParameter& convolution) {
  return convolution.engine() != ConvolutionParameter::OPENBLAS &&
         !convolution.bias_term() && convolution.group() == 1 &&
         !NamesAxes(convolution) &&
         OneForBothAxes(convolution.kernel_size(), 0) > 0 &&
         OneForBothAxes(convolution.pad(), 0) >= 0 &&
         OneForBothAxes(convolution.stride(), 1) > 0 &&
         OneForBothAxes(convolution.dilation(), 1) == 1;
}

int SizeKeepingKernel(const ConvolutionParameter& convolution) {
  if (!IsPlainSquare(convolution) ||
      OneForBothAxes(convolution.stride(), 1) != 1) {
    return 0;
  }
  const int kernel = OneForBothAxes(convolution.kernel_size(), 0);
  const int pad = OneForBothAxes(convolution.pad(), 0);
  return (kernel == 3 && pad == 1) || (kernel == 1 && pad == 0) ? kernel : 0;
}

bool AveragesPairs(const PoolingParameter& pooling, const Shape& input) {
  if (pooling.pool() != PoolingParameter::AVE || pooling.global_pooling() ||
      NamesAxes(pooling) || pooling.kernel_size() != 2 ||
      pooling.stride() != 2 || pooling.pad() != 0 || input.rank() != 4) {
    return false;
  }
  const bool is_even = input.dim(2) % 2 == 0 && input.dim(3) % 2 == 0;
  return (is_even || pooling.round_mode() == PoolingParameter::FLOOR) &&
         input.dim(2) >= 2 && input.dim(3) >= 2;
}

}  // namespace tamp
