// The logistic function, element by element:
//
//   y  = 1 / (1 + exp(-x))
//   dx = dy * y * (1 - y)

#ifndef TAMP_LAYERS_SIGMOID_SIGMOID_KERNEL_H_
#define TAMP_LAYERS_SIGMOID_SIGMOID_KERNEL_H_

#include "kernels/elementwise_kernel.h"
#include "kernels/extents.h"

namespace tamp {

struct SigmoidOptions {
  Extents extents;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SIGMOID_SIGMOID_KERNEL_H_
