#ifndef TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_BACKWARD_H_
#define TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_BACKWARD_H_

#include <cstdint>

#include "layers/dense_convolution/dense_convolution_cpu_plan.h"
#include "layers/dense_convolution/dense_convolution_kernel.h"

namespace tamp {

// Both gradients for the images of a tile, with the widest vectors that the
// machine has. The workspace is that of BackwardPlan, with packed weights in
// it; the tile's sums for the gradients of w, gamma and beta are left there.
void BackwardTile(const DenseConvolutionPlan& plan,
                  const DenseConvolutionBackwardArgs<float>& args,
                  float* workspace, int64_t tile);

}  // namespace tamp

#endif  // TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_BACKWARD_H_
