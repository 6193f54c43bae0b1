// ReLU (Nair and Hinton 2010) with an optional slope for negative values
// (Maas et al. 2013), element by element:
//
//   y  = x  if x > 0, else negative_slope * x
//   dx = dy if x > 0, else negative_slope * dy
//
// The sign of x is read off y, so that y may stand in x's place: this needs
// negative_slope >= 0, and x == 0 counts as negative in both.

#ifndef TAMP_LAYERS_RELU_RELU_KERNEL_H_
#define TAMP_LAYERS_RELU_RELU_KERNEL_H_

#include <cstdint>

#include "core/grad_mode.h"
#include "core/strided.h"

namespace tamp {

struct ReluOptions {
  int64_t num = 0, channels = 0, spatial = 0;
  float negative_slope = 0;
};

template <typename T>
struct ReluForwardArgs {
  Strided<const T> x;
  Strided<T> y;  // may be x
};

template <typename T>
struct ReluBackwardArgs {
  Strided<const T> y;
  Strided<const T> dy;
  Strided<T> dx;  // may be dy when dx_mode is kWrite
  GradMode dx_mode = GradMode::kWrite;
};

class ReluKernel {
 public:
  virtual ~ReluKernel() = default;
  virtual void Forward(const ReluForwardArgs<float>& args) = 0;
  virtual void Backward(const ReluBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_RELU_RELU_KERNEL_H_
