#ifndef TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_CUDA_CUH_
#define TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_CUDA_CUH_

#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/cuda/sums/channel_moments.cuh"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/grad_mode.h"
#include "kernels/moments.h"
#include "kernels/shared_statistics.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_kernel.h"

namespace tamp {

__global__ void __launch_bounds__(kThreadsPerBlock)
    TakeStatistics(ChannelBlocks blocks,
                   BatchNormStatisticsForwardArgs<float> args) {
  const int64_t c = blocks.channel();
  const bool copies = args.y.data != args.x.data;
  Moments all;
  const bool is_last = MomentsOfChannel(
      blocks,
      [&](int64_t n, int64_t s) {
        const float x = args.x.at(n, c)[s];
        if (copies) args.y.at(n, c)[s] = x;
        return x;
      },
      &all);
  if (!is_last || threadIdx.x != 0) return;
  args.statistics[2 * c] = static_cast<float>(all.mean);
  args.statistics[2 * c + 1] = static_cast<float>(all.squares / all.count);
}

// dx = p * g + q * (y - mean) + r, with r for a mean of 0: q * y would cancel
// against its r where the mean is large.
__global__ void __launch_bounds__(kThreadsPerBlock)
    FinishGradient(ChannelBlocks blocks,
                   BatchNormStatisticsBackwardArgs<float> args, float eps) {
  const int64_t c = blocks.channel();
  __shared__ float p, q, r;
  if (threadIdx.x == 0) {
    const double inv_std = InverseDeviation(args.statistics[2 * c + 1], eps);
    const GradientTerms terms =
        GradientTermsOf(/*mean=*/0, inv_std, args.statistics_grad[2 * c],
                        args.statistics_grad[2 * c + 1], blocks.count());
    p = static_cast<float>(terms.p);
    q = static_cast<float>(terms.q);
    r = static_cast<float>(terms.r);
  }
  __syncthreads();
  const float mean = args.statistics[2 * c];
  ForEachOfPart(blocks, [&](int64_t n, int64_t s) {
    const float centered = args.y.at(n, c)[s] - mean;
    StoreGrad(args.dx_mode, p * args.g.at(n, c)[s] + q * centered + r,
              args.dx.at(n, c) + s);
  });
}

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_CUDA_CUH_
