#ifndef TAMP_KERNELS_CUDA_FUSED_NORM_CUDA_CUH_
#define TAMP_KERNELS_CUDA_FUSED_NORM_CUDA_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/fused_norm.h"
#include "kernels/shared_statistics.h"

namespace tamp {

// A grid of one block: its threads read the weight of the running statistics
// before one of them writes it.
__global__ void __launch_bounds__(kThreadsPerBlock)
    PrepareNorm(FusedNormForwardArgs<float> norm, int64_t channels,
                int64_t count) {
  RunningShares shares = {1, 0};
  if (MovesRunningStatistics(norm)) {
    float weight = 0;
    const bool has_weight = norm.running_weight != nullptr;
    if (has_weight) weight = *norm.running_weight;
    shares = NextRunningShares(norm.moving_average_fraction,
                               has_weight ? &weight : nullptr);
    __syncthreads();
    if (has_weight && threadIdx.x == 0) *norm.running_weight = weight;
  }
  ForEachOfBlock(channels, [&](int64_t c) {
    PrepareNormOfChannel(norm, shares, channels, count, c);
  });
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    PrepareFinishingTerms(FinishingArgs<float> finishing, int64_t channels,
                          int64_t count, FinishingTerms<float> terms) {
  ForEachOfGrid(channels, [&](int64_t c) {
    PrepareFinishingOfChannel(finishing, count, c, terms);
  });
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_FUSED_NORM_CUDA_CUH_
