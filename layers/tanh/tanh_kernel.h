// The hyperbolic tangent, element by element:
//
//   y  = tanh(x)
//   dx = dy * (1 - y^2)

#ifndef TAMP_LAYERS_TANH_TANH_KERNEL_H_
#define TAMP_LAYERS_TANH_TANH_KERNEL_H_

#include "core/extents.h"
#include "core/grad_mode.h"
#include "core/strided.h"

namespace tamp {

struct TanhOptions {
  Extents extents;
};

template <typename T>
struct TanhForwardArgs {
  Strided<const T> x;
  Strided<T> y;  // may be x
};

template <typename T>
struct TanhBackwardArgs {
  Strided<const T> y;
  Strided<const T> dy;
  Strided<T> dx;  // may be dy when dx_mode is kWrite
  GradMode dx_mode = GradMode::kWrite;
};

class TanhKernel {
 public:
  virtual ~TanhKernel() = default;
  virtual void Forward(const TanhForwardArgs<float>& args) = 0;
  virtual void Backward(const TanhBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_TANH_TANH_KERNEL_H_
