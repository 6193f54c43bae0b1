// Softmax along an axis. For each line x_0 .. x_{K-1} of the tensor:
//
//   y_k  = exp(x_k - m) / sum_j exp(x_j - m),  m = max_j x_j
//   dx_k = y_k * (dy_k - sum_j y_j dy_j)

#ifndef TAMP_LAYERS_SOFTMAX_SOFTMAX_KERNEL_H_
#define TAMP_LAYERS_SOFTMAX_SOFTMAX_KERNEL_H_

#include "kernels/axis_lines.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

template <typename T>
struct SoftmaxForwardArgs {
  Strided<const T> x;
  Strided<T> y;  // may be x
};

template <typename T>
struct SoftmaxBackwardArgs {
  Strided<const T> y;
  Strided<const T> dy;
  Strided<T> dx;  // may be dy when dx_mode is kWrite
  GradMode dx_mode = GradMode::kWrite;
};

class SoftmaxKernel {
 public:
  virtual ~SoftmaxKernel() = default;
  virtual void Forward(const SoftmaxForwardArgs<float>& args) = 0;
  virtual void Backward(const SoftmaxBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_SOFTMAX_KERNEL_H_
