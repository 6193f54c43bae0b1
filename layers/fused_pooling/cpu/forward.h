#ifndef TAMP_LAYERS_FUSED_POOLING_CPU_FORWARD_H_
#define TAMP_LAYERS_FUSED_POOLING_CPU_FORWARD_H_

#include <cstdint>

#include "layers/fused_pooling/cpu/plan.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"

namespace tamp {

// Pools the channels of a tile and takes their statistics, with the widest
// vectors that the machine has. The scratch memory is the tile's own.
void PoolForwardTile(const FusedPoolingPlan& plan,
                     const FusedPoolingForwardArgs<float>& args, int64_t tile,
                     float* scratch);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_CPU_FORWARD_H_
