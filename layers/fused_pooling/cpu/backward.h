#ifndef TAMP_LAYERS_FUSED_POOLING_CPU_BACKWARD_H_
#define TAMP_LAYERS_FUSED_POOLING_CPU_BACKWARD_H_

#include <cstdint>

#include "kernels/fused_norm.h"
#include "layers/fused_pooling/cpu/plan.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"

namespace tamp {

// All gradients of the channels of a tile, with the widest vectors that the
// machine has. `finishing` is that of y, null where it is finished. The scratch
// memory is the tile's own.
void PoolBackwardTile(const FusedPoolingPlan& plan,
                      const FusedPoolingBackwardArgs<float>& args,
                      const FinishingTerms<float>& finishing, int64_t tile,
                      float* scratch);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_CPU_BACKWARD_H_
