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

#include "kernels/elementwise_kernel.h"
#include "kernels/extents.h"

namespace tamp {

struct ReluOptions {
  Extents extents;
  float negative_slope = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_RELU_RELU_KERNEL_H_
