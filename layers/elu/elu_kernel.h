// The exponential linear unit (Clevert et al. 2015), element by element:
//
//   y  = x  if x > 0, else alpha * (exp(x) - 1)
//   dx = dy if x > 0, else dy * (y + alpha)
//
// The sign of x is read off y, so that y may stand in x's place: this needs
// alpha >= 0.

#ifndef TAMP_LAYERS_ELU_ELU_KERNEL_H_
#define TAMP_LAYERS_ELU_ELU_KERNEL_H_

#include "core/extents.h"
#include "core/grad_mode.h"
#include "core/strided.h"

namespace tamp {

struct EluOptions {
  Extents extents;
  float alpha = 1;
};

template <typename T>
struct EluForwardArgs {
  Strided<const T> x;
  Strided<T> y;  // may be x
};

template <typename T>
struct EluBackwardArgs {
  Strided<const T> y;
  Strided<const T> dy;
  Strided<T> dx;  // may be dy when dx_mode is kWrite
  GradMode dx_mode = GradMode::kWrite;
};

class EluKernel {
 public:
  virtual ~EluKernel() = default;
  virtual void Forward(const EluForwardArgs<float>& args) = 0;
  virtual void Backward(const EluBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_ELU_ELU_KERNEL_H_
