#ifndef TAMP_LAYERS_DENSE_POOLING_DENSE_POOLING_CPU_FORWARD_H_
#define TAMP_LAYERS_DENSE_POOLING_DENSE_POOLING_CPU_FORWARD_H_

#include <cstdint>

#include "layers/dense_pooling/dense_pooling_cpu_plan.h"
#include "layers/dense_pooling/dense_pooling_kernel.h"

namespace tamp {

// Pools the channels of a tile and takes their statistics, with the widest
// vectors that the machine has. The scratch memory is the tile's own.
void PoolForwardTile(const DensePoolingPlan& plan,
                     const DensePoolingForwardArgs<float>& args, int64_t tile,
                     float* scratch);

}  // namespace tamp

#endif  // TAMP_LAYERS_DENSE_POOLING_DENSE_POOLING_CPU_FORWARD_H_
