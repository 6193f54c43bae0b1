#ifndef TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_CUDA_CUH_
#define TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_CUDA_CUH_

#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/cuda/running_statistics.cuh"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/grad_mode.h"
#include "kernels/shared_statistics.h"
#include "layers/batch_norm_apply/batch_norm_apply_kernel.h"

namespace tamp {

__global__ void __launch_bounds__(kThreadsPerBlock)
    ApplyNorm(ChannelBlocks blocks, BatchNormApplyForwardArgs<float> args,
              float eps, RunningStatistics running) {
  const int64_t c = blocks.channel();
  const float mean = args.statistics[2 * c];
  const float beta = args.beta[c];
  __shared__ float scale;
  if (threadIdx.x == 0) {
    const float variance = args.statistics[2 * c + 1];
    const NormTerms terms =
        NormTermsOf(mean, variance, eps, args.gamma[c], beta);
    scale = static_cast<float>(terms.scale);
    if (blocks.part() == 0) {
      running.Update(c, blocks.count(), mean, variance);
    }
  }
  __syncthreads();
  // Subtracting the mean first loses less where it is large.
  ForEachOfPart(blocks, [&](int64_t n, int64_t s) {
    args.y.at(n, c)[s] = (args.x.at(n, c)[s] - mean) * scale + beta;
  });
}

__device__ inline void StoreSum(GradMode mode, double sum, float* destination) {
  if (mode == GradMode::kSkip) return;
  StoreGrad(mode, static_cast<float>(sum), destination);
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    ApplyNormGradients(ChannelBlocks blocks,
                       BatchNormApplyBackwardArgs<float> args, float eps) {
  const int64_t c = blocks.channel();
  const float mean = args.statistics[2 * c], gamma = args.gamma[c];
  double sums[2];  // of dy and of dy * (x - mean)
  const bool is_last = SumChannel(
      blocks,
      [&](int64_t n, int64_t s, float* terms) {
        const float dy = args.dy.at(n, c)[s];
        terms[0] += dy;
        terms[1] += dy * (args.x.at(n, c)[s] - mean);
        if (args.g_mode == GradMode::kSkip) return;
        StoreGrad(args.g_mode, gamma * dy, args.g.at(n, c) + s);
      },
      sums);
  if (!is_last || threadIdx.x != 0) return;
  const double inv_std = InverseDeviation(args.statistics[2 * c + 1], eps);
  const double dbeta = sums[0], dgamma = sums[1] * inv_std;
  StoreSum(args.dbeta_mode, dbeta, args.dbeta + c);
  StoreSum(args.dgamma_mode, dgamma, args.dgamma + c);
  if (args.statistics_grad_mode == GradMode::kSkip) return;
  float* const statistics_grad = args.statistics_grad + 2 * c;
  StoreSum(args.statistics_grad_mode, gamma * dbeta, statistics_grad);
  StoreSum(args.statistics_grad_mode, gamma * dgamma, statistics_grad + 1);
}

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_CUDA_CUH_
