// Of a channel that one block has, the kernel that sums also does the rest;
// where it has several, another kernel does, with what the last block leaves.

#ifndef TAMP_LAYERS_BATCH_NORM_BATCH_NORM_CUDA_CUH_
#define TAMP_LAYERS_BATCH_NORM_BATCH_NORM_CUDA_CUH_

#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/cuda/running_statistics.cuh"
#include "kernels/cuda/sums/channel_moments.cuh"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/grad_mode.h"
#include "kernels/moments.h"
#include "kernels/shared_statistics.h"
#include "layers/batch_norm/batch_norm_kernel.h"

namespace tamp {

// What was subtracted and applied, and what the mean lost in rounding.
struct AppliedStatistics {
  float mean, inv_std, mean_rounding;
};

__device__ inline AppliedStatistics StatisticsOf(double mean, double variance,
                                                 double eps) {
  const float rounded = static_cast<float>(mean);
  return {rounded, static_cast<float>(InverseDeviation(variance, eps)),
          static_cast<float>(mean - double(rounded))};
}

// Subtracts the mean first: the other form, x * factor + offset, cancels where
// the mean is large. What the mean lost goes into the offset.
__device__ inline void NormalizePart(const ChannelBlocks& blocks,
                                     const BatchNormForwardArgs<float>& args,
                                     const AppliedStatistics& statistics) {
  const int64_t c = blocks.channel();
  const float mean = statistics.mean;
  const float factor = (args.gamma ? args.gamma[c] : 1) * statistics.inv_std;
  const float offset =
      (args.beta ? args.beta[c] : 0) - statistics.mean_rounding * factor;
  ForEachOfPart(blocks, [&](int64_t n, int64_t s) {
    args.y.at(n, c)[s] = (args.x.at(n, c)[s] - mean) * factor + offset;
  });
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    NormalizeByBatch(ChannelBlocks blocks, BatchNormForwardArgs<float> args,
                     float eps, RunningStatistics running) {
  const int64_t c = blocks.channel();
  Moments all;
  const bool is_last = MomentsOfChannel(
      blocks, [&](int64_t n, int64_t s) { return args.x.at(n, c)[s]; }, &all);
  if (!is_last) return;
  __shared__ AppliedStatistics statistics;
  if (threadIdx.x == 0) {
    const double variance = all.squares / all.count;
    running.Update(c, all.count, all.mean, variance);
    statistics = StatisticsOf(all.mean, variance, eps);
    args.mean[c] = statistics.mean;
    args.inv_std[c] = statistics.inv_std;
    if (blocks.parts_of_channel > 1) {
      *blocks.left_by_last() = statistics.mean_rounding;
    }
  }
  if (blocks.parts_of_channel > 1) return;
  __syncthreads();
  NormalizePart(blocks, args, statistics);
}

// Behind the one above.
__global__ void __launch_bounds__(kThreadsPerBlock)
    NormalizeParts(ChannelBlocks blocks, BatchNormForwardArgs<float> args) {
  const int64_t c = blocks.channel();
  NormalizePart(blocks, args,
                {args.mean[c], args.inv_std[c],
                 static_cast<float>(*blocks.left_by_last())});
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    NormalizeByRunning(ChannelBlocks blocks, BatchNormForwardArgs<float> args,
                       float eps) {
  const int64_t c = blocks.channel();
  __shared__ AppliedStatistics statistics;
  if (threadIdx.x == 0) {
    statistics =
        StatisticsOf(args.running_mean[c], args.running_variance[c], eps);
    if (blocks.part() == 0) {
      args.mean[c] = statistics.mean;
      args.inv_std[c] = statistics.inv_std;
    }
  }
  __syncthreads();
  NormalizePart(blocks, args, statistics);
}

// dx = factor * (dy - mean_dy - (x - mean) * slope).
__device__ inline void InputGradOfPart(const ChannelBlocks& blocks,
                                       const BatchNormBackwardArgs<float>& args,
                                       float mean_dy, float slope) {
  const int64_t c = blocks.channel();
  const float mean = args.mean[c];
  const float factor = (args.gamma ? args.gamma[c] : 1) * args.inv_std[c];
  ForEachOfPart(blocks, [&](int64_t n, int64_t s) {
    const float centered = args.x.at(n, c)[s] - mean;
    const float dx =
        factor * ((args.dy.at(n, c)[s] - mean_dy) - centered * slope);
    StoreGrad(args.dx_mode, dx, args.dx.at(n, c) + s);
  });
}

// The gradients of gamma and beta, and of x where `does_input` says so.
__global__ void __launch_bounds__(kThreadsPerBlock)
    BatchNormGradients(ChannelBlocks blocks, BatchNormBackwardArgs<float> args,
                       double inverse_count, bool does_input) {
  const int64_t c = blocks.channel();
  const float mean = args.mean[c];
  double sums[2];  // of dy and of dy * (x - mean)
  const bool is_last = SumChannel(
      blocks,
      [&](int64_t n, int64_t s, float* terms) {
        const float dy = args.dy.at(n, c)[s];
        terms[0] += dy;
        terms[1] += dy * (args.x.at(n, c)[s] - mean);
      },
      sums);
  if (!is_last) return;
  const double inv_std = args.inv_std[c], dgamma = sums[1] * inv_std;
  if (threadIdx.x == 0 && args.dgamma_mode != GradMode::kSkip) {
    StoreGrad(args.dgamma_mode, static_cast<float>(dgamma), args.dgamma + c);
  }
  if (threadIdx.x == 0 && args.dbeta_mode != GradMode::kSkip) {
    StoreGrad(args.dbeta_mode, static_cast<float>(sums[0]), args.dbeta + c);
  }
  if (!does_input) return;
  const double mean_dy = sums[0] * inverse_count;
  const double slope = dgamma * inv_std * inverse_count;
  if (blocks.parts_of_channel == 1) {
    InputGradOfPart(blocks, args, static_cast<float>(mean_dy),
                    static_cast<float>(slope));
  } else if (threadIdx.x == 0) {
    blocks.left_by_last()[0] = mean_dy;
    blocks.left_by_last()[1] = slope;
  }
}

// Behind the one above.
__global__ void __launch_bounds__(kThreadsPerBlock)
    InputGradOfParts(ChannelBlocks blocks, BatchNormBackwardArgs<float> args) {
  const double* const left = blocks.left_by_last();
  InputGradOfPart(blocks, args, static_cast<float>(left[0]),
                  static_cast<float>(left[1]));
}

// With running statistics, which do not depend on x.
__global__ void __launch_bounds__(kThreadsPerBlock)
    InputGradByRunning(ChannelBlocks blocks,
                       BatchNormBackwardArgs<float> args) {
  InputGradOfPart(blocks, args, 0, 0);
}

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_BATCH_NORM_CUDA_CUH_
