#include "core/cuda/launch.h"
#include "kernels/cuda/sums/block_sum.cuh"
#include "kernels/cuda/sums/channel_moments.cuh"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/cuda/sums/sums_test_kernels.h"

namespace tamp {
namespace {

__global__ void BlockSums(const float* x, float* sums) {
  const int64_t i = int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  double in_double[] = {x[i], double(x[i]) * x[i], 1};
  sums[4 * i] = BlockSum(x[i]);
  BlockSum(in_double);
  for (int k = 0; k < 3; ++k) {
    sums[4 * i + 1 + k] = static_cast<float>(in_double[k]);
  }
}

__global__ void ChannelSums(ChannelBlocks blocks, Strided<float> x,
                            float* sums) {
  const int64_t c = blocks.channel();
  double both[2];
  const bool is_last = SumChannel(
      blocks,
      [&](int64_t n, int64_t s, float* terms) {
        float& element = x.at(n, c)[s];
        terms[0] += element;
        terms[1] += element * element;
        element += 1;
      },
      both);
  if (!is_last || threadIdx.x != 0) return;
  sums[2 * c] = static_cast<float>(both[0]);
  sums[2 * c + 1] = static_cast<float>(both[1]);
}

__global__ void ChannelMoments(ChannelBlocks blocks, Strided<const float> x,
                               float* moments) {
  const int64_t c = blocks.channel();
  Moments all;
  const bool is_last = MomentsOfChannel(
      blocks, [&](int64_t n, int64_t s) { return x.at(n, c)[s]; }, &all);
  if (!is_last || threadIdx.x != 0) return;
  moments[2 * c] = static_cast<float>(all.mean);
  moments[2 * c + 1] = static_cast<float>(all.squares / all.count);
}

}  // namespace

void LaunchBlockSums(CudaQueue& queue, int rows, int threads, const float* x,
                     float* sums) {
  LaunchKernel(queue, BlockSums, GridSize(rows, threads), x, sums);
}

void LaunchChannelSums(CudaQueue& queue, const Extents& extents,
                       int64_t elements_of_part, Strided<float> x,
                       float* sums) {
  const ChannelBlocks blocks =
      BlocksOfChannels(queue, extents, elements_of_part);
  LaunchKernel(queue, ChannelSums, blocks.grid(), blocks, x, sums);
}

void LaunchChannelMoments(CudaQueue& queue, const Extents& extents,
                          int64_t elements_of_part, Strided<const float> x,
                          float* moments) {
  const ChannelBlocks blocks =
      BlocksOfChannels(queue, extents, elements_of_part);
  LaunchKernel(queue, ChannelMoments, blocks.grid(), blocks, x, moments);
}

int64_t PartsOfChannel(const CudaQueue& queue, const Extents& extents,
                       int64_t elements_of_part) {
  return BlocksOfChannels(queue, extents, elements_of_part).parts_of_channel;
}

bool CoversChannels(const CudaQueue& queue, const Extents& extents) {
  const ChannelBlocks blocks = BlocksOfChannels(queue, extents);
  const int64_t count = extents.num * extents.spatial;
  const int64_t parts = blocks.parts_of_channel;
  const bool covers = parts * blocks.elements_of_part >= count &&
                      (parts - 1) * blocks.elements_of_part < count;
  const bool fits =
      parts == 1 || (extents.channels * parts * ChannelBlocks::kMaxSums <=
                         ReductionScratch::kNumPartials &&
                     extents.channels <= ReductionScratch::kNumCounters);
  return covers && fits && blocks.threads % kWarpSize == 0;
}

}  // namespace tamp
