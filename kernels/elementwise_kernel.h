// What the kernels of element-wise layers have in common: y_i = f(x_i), and a
// gradient that is read off the output, dx_i = g(y_i, dy_i), so that y may
// stand in x's place and dx in dy's.

#ifndef TAMP_KERNELS_ELEMENTWISE_KERNEL_H_
#define TAMP_KERNELS_ELEMENTWISE_KERNEL_H_

#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

template <typename T>
struct ElementwiseForwardArgs {
  Strided<const T> x;
  Strided<T> y;  // may be x
};

template <typename T>
struct ElementwiseBackwardArgs {
  Strided<const T> y;
  Strided<const T> dy;
  Strided<T> dx;  // may be dy when dx_mode is kWrite
  GradMode dx_mode = GradMode::kWrite;
};

class ElementwiseKernel {
 public:
  virtual ~ElementwiseKernel() = default;
  virtual void Forward(const ElementwiseForwardArgs<float>& args) = 0;
  virtual void Backward(const ElementwiseBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_KERNELS_ELEMENTWISE_KERNEL_H_
