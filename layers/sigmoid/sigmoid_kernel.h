// The logistic function, element by element:
//
//   y  = 1 / (1 + exp(-x))
//   dx = dy * y * (1 - y)

#ifndef TAMP_LAYERS_SIGMOID_SIGMOID_KERNEL_H_
#define TAMP_LAYERS_SIGMOID_SIGMOID_KERNEL_H_

#include "core/extents.h"
#include "core/grad_mode.h"
#include "core/strided.h"

namespace tamp {

struct SigmoidOptions {
  Extents extents;
};

template <typename T>
struct SigmoidForwardArgs {
  Strided<const T> x;
  Strided<T> y;  // may be x
};

template <typename T>
struct SigmoidBackwardArgs {
  Strided<const T> y;
  Strided<const T> dy;
  Strided<T> dx;  // may be dy when dx_mode is kWrite
  GradMode dx_mode = GradMode::kWrite;
};

class SigmoidKernel {
 public:
  virtual ~SigmoidKernel() = default;
  virtual void Forward(const SigmoidForwardArgs<float>& args) = 0;
  virtual void Backward(const SigmoidBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SIGMOID_SIGMOID_KERNEL_H_
