// The exponential linear unit (Clevert et al. 2015), element by element:
//
//   y  = x  if x > 0, else alpha * (exp(x) - 1)
//   dx = dy if x > 0, else dy * (y + alpha)
//
// The sign of x is read off y, so that y may stand in x's place: this needs
// alpha >= 0.

#ifndef TAMP_LAYERS_ELU_ELU_KERNEL_H_
#define TAMP_LAYERS_ELU_ELU_KERNEL_H_

#include "kernels/elementwise_kernel.h"
#include "kernels/extents.h"

namespace tamp {

struct EluOptions {
  Extents extents;
  float alpha = 1;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_ELU_ELU_KERNEL_H_
