// PReLU (He et al. 2015, "Delving Deep into Rectifiers"), with a learned slope
// a for negative values, one a channel or one for all, repeated over x as
// kernels/broadcast.h describes:
//
//   y    = x  if x > 0, else a * x
//   dx   = dy if x > 0, else a * dy
//   da_k = sum of dy * x over the elements of x that go with a_k and are not
//          positive

#ifndef TAMP_LAYERS_PRELU_PRELU_KERNEL_H_
#define TAMP_LAYERS_PRELU_PRELU_KERNEL_H_

#include "kernels/broadcast.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

template <typename T>
struct PreluForwardArgs {
  Strided<const T> x;
  Strided<const T> slope;
  Strided<T> y;  // may be x
};

// The slope's gradient is computed before dx is written.
template <typename T>
struct PreluBackwardArgs {
  Strided<const T> x;
  Strided<const T> slope;
  Strided<const T> dy;
  Strided<T> dx;  // may be dy when dx_mode is kWrite
  GradMode dx_mode = GradMode::kWrite;
  Strided<T> dslope;
  GradMode dslope_mode = GradMode::kWrite;
};

class PreluKernel {
 public:
  virtual ~PreluKernel() = default;
  virtual void Forward(const PreluForwardArgs<float>& args) = 0;
  virtual void Backward(const PreluBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_PRELU_PRELU_KERNEL_H_
