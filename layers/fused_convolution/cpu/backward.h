#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_BACKWARD_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_BACKWARD_H_

#include <cstdint>

#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// Both gradients for the images of a tile, with the widest vectors that the
// machine has. The workspace is that of BackwardPlan, with packed weights in
// it; the tile's sums for the gradients of w, gamma and beta are left there.
void BackwardTile(const FusedConvolutionPlan& plan,
                  const FusedConvolutionBackwardArgs<float>& args,
                  float* workspace, int64_t tile);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_BACKWARD_H_
