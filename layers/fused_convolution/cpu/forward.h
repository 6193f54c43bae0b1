#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_FORWARD_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_FORWARD_H_

#include <cstdint>

#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// Convolves the images of a tile, with the widest vectors that the machine has.
// The workspace is that of ForwardPlan, with packed weights in it; the moments
// of the tile's outputs are left there.
void ForwardTile(const FusedConvolutionPlan& plan,
                 const FusedConvolutionForwardArgs<float>& args,
                 float* workspace, int64_t tile);

// `wanted`, or what it comes to on this processor: kFloats or kPairs.
Bf16Products ChooseBf16Products(Bf16Products wanted);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_FORWARD_H_
