// The hyperbolic tangent, element by element:
//
//   y  = tanh(x)
//   dx = dy * (1 - y) * (1 + y)

#ifndef TAMP_LAYERS_TANH_TANH_KERNEL_H_
#define TAMP_LAYERS_TANH_TANH_KERNEL_H_

#include "kernels/elementwise_kernel.h"
#include "kernels/extents.h"

namespace tamp {

struct TanhOptions {
  Extents extents;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_TANH_TANH_KERNEL_H_
