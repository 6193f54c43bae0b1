// The moments of each channel of a map in NCHW, in two passes: of parts, then
// of all of them.

#ifndef TAMP_TESTS_CUDA_SIM_KERNELS_CHANNEL_MOMENTS_CUH_
#define TAMP_TESTS_CUDA_SIM_KERNELS_CHANNEL_MOMENTS_CUH_

#include "kernels/moments.h"

namespace tamp {

// Of a warp, in lane 0.
__device__ inline Moments WarpMoments(Moments all) {
  for (int delta = 16; delta > 0; delta /= 2) {
    Moments part;
    part.count = __shfl_down_sync(0xffffffff, all.count, delta);
    part.mean = __shfl_down_sync(0xffffffff, all.mean, delta);
    part.squares = __shfl_down_sync(0xffffffff, all.squares, delta);
    AddMoments(part, &all);
  }
  return all;
}

// Grid (parts, channels): a block of whole warps takes every gridDim.x-th piece
// of its channel. parts[channel][part].
__global__ void PartMoments(const float* x, Moments* parts, int num,
                            int channels, int pixels) {
  __shared__ double counts[32], means[32], squares[32];  // of warps
  const int channel = blockIdx.y;
  Moments all;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < num * pixels;
       i += gridDim.x * blockDim.x) {
    const int image = i / pixels;
    const float value = x[(image * channels + channel) * pixels + i % pixels];
    AddMoments({1, value, 0}, &all);
  }
  all = WarpMoments(all);
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  if (lane == 0) {
    counts[warp] = all.count;
    means[warp] = all.mean;
    squares[warp] = all.squares;
  }
  __syncthreads();
  if (warp > 0) return;
  all = Moments();
  if (lane < static_cast<int>(blockDim.x) / 32) {
    all = {counts[lane], means[lane], squares[lane]};
  }
  all = WarpMoments(all);
  if (lane == 0) parts[channel * gridDim.x + blockIdx.x] = all;
}

// A thread a channel.
__global__ void AddPartMoments(const Moments* parts, int num_parts,
                               float* means, float* variances, int channels) {
  const int channel = blockIdx.x * blockDim.x + threadIdx.x;
  if (channel >= channels) return;
  Moments all;
  for (int part = 0; part < num_parts; ++part) {
    AddMoments(parts[channel * num_parts + part], &all);
  }
  means[channel] = static_cast<float>(all.mean);
  variances[channel] = static_cast<float>(all.squares / all.count);
}

}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_KERNELS_CHANNEL_MOMENTS_CUH_
