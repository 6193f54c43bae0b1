// The weight in the order in which register tiles read it: blocks of rows, in a
// block one row of the reduction after the other, and in that the block's own
// rows side by side (with zeros where the block is padded).

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WEIGHTS_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WEIGHTS_H_

#include <cstdint>

#include "layers/fused_convolution/cpu/plan.h"

namespace tamp {

// One block of the forward product, packed in its place in `packed`. The weight
// is times the scale of its output unless `scales` is null.
void PackForwardWeights(const FusedConvolutionPlan& plan, const float* w,
                        const double* scales, int64_t block, float* packed);

// The same of the transposed weight: rows are channels, and the reduction runs
// over outputs and taps.
void PackBackwardWeights(const FusedConvolutionPlan& plan, const float* w,
                         int64_t block, float* packed);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WEIGHTS_H_
