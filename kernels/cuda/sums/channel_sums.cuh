// Sums over all images and positions of each channel of a tensor.
//
// A block has a part of one channel; so many parts that few channels of large
// maps fill a device, too. Where a channel has several, each block leaves its
// sums in the queue's scratch, and the one that ends last adds them up. How a
// channel is cut depends on sizes alone, and all orders are fixed: the same
// bits every time, on every device.
//
//   __global__ void SumOfSquares(ChannelBlocks blocks, Strided<const float> x,
//                                float* sums) {
//     const int64_t c = blocks.channel();
//     double sum[1];
//     const bool is_last = SumChannel(
//         blocks,
//         [&](int64_t n, int64_t s, float* terms) {
//           terms[0] += x.at(n, c)[s] * x.at(n, c)[s];
//         },
//         sum);
//     if (is_last && threadIdx.x == 0) sums[c] = static_cast<float>(sum[0]);
//   }
//   ...
//   const ChannelBlocks blocks = BlocksOfChannels(queue, extents);
//   LaunchKernel(queue, SumOfSquares, blocks.grid(), blocks, x, sums);
//
// A thread adds floats in float, but only a few: their sums, and all behind
// them, are added in double, which many devices are slow at.

#ifndef TAMP_KERNELS_CUDA_SUMS_CHANNEL_SUMS_CUH_
#define TAMP_KERNELS_CUDA_SUMS_CHANNEL_SUMS_CUH_

#include <algorithm>
#include <cstdint>

#include "core/cuda/launch.h"
#include "core/cuda/queue.h"
#include "kernels/cuda/sums/block_sum.cuh"
#include "kernels/extents.h"
#include "kernels/moments.h"

namespace tamp {

// How the blocks of a grid share channels: neighbors have parts of the same
// one. Kernels get it by value.
struct ChannelBlocks {
  // What a block may leave in the scratch.
  static constexpr int kMaxSums = 4;
  static constexpr int64_t kElementsOfPart = 4096;

  Extents extents;
  int64_t parts_of_channel = 1;
  int64_t elements_of_part = 0;
  unsigned threads = kWarpSize;
  double* partials = nullptr;
  unsigned* counters = nullptr;

  GridSize grid(const char* file = __builtin_FILE(),
                int line = __builtin_LINE()) const {
    const auto blocks =
        static_cast<unsigned>(extents.channels * parts_of_channel);
    return GridSize(blocks, threads, 0, file, line);
  }

  __device__ int64_t channel() const { return blockIdx.x / parts_of_channel; }
  __device__ int64_t part() const { return blockIdx.x % parts_of_channel; }
  // Of the images and positions of a channel in row-major order.
  __device__ int64_t count() const { return extents.num * extents.spatial; }

  // The kMaxSums numbers that block `part` of this one's channel leaves.
  __device__ double* left_by(int64_t part) const {
    return partials + (channel() * parts_of_channel + part) * kMaxSums;
  }
  // Room for kMaxSums numbers of this block's channel, for the block that ends
  // last to leave and for the queue's next kernel to read.
  // REQUIRES: parts_of_channel > 1.
  __device__ double* left_by_last() const { return left_by(0); }
};

// A block gets more elements than `elements_of_part` where the scratch has no
// room for another one. REQUIRES: extents has elements.
inline ChannelBlocks BlocksOfChannels(
    const CudaQueue& queue, const Extents& extents,
    int64_t elements_of_part = ChannelBlocks::kElementsOfPart) {
  using Scratch = ReductionScratch;
  const auto ratio = [](int64_t a, int64_t b) { return (a + b - 1) / b; };
  const int64_t count = extents.num * extents.spatial;
  int64_t most = 1;
  if (extents.channels <= Scratch::kNumCounters) {
    most = Scratch::kNumPartials / ChannelBlocks::kMaxSums / extents.channels;
  }
  ChannelBlocks blocks;
  blocks.extents = extents;
  const int64_t parts = std::min(ratio(count, elements_of_part), most);
  // Whole warps' loads; and what they leave over is no part.
  blocks.elements_of_part = ratio(ratio(count, parts), kWarpSize) * kWarpSize;
  blocks.parts_of_channel = ratio(count, blocks.elements_of_part);
  while (blocks.threads < kThreadsPerBlock &&
         8 * blocks.threads < blocks.elements_of_part) {
    blocks.threads *= 2;
  }
  blocks.partials = queue.scratch().partials;
  blocks.counters = queue.scratch().counters;
  return blocks;
}

// Calls function(image, position) for the thread's elements of the block's
// part; neighboring threads get neighboring ones.
template <typename Function>
__device__ __forceinline__ void ForEachOfPart(const ChannelBlocks& blocks,
                                              const Function& function) {
  const int64_t spatial = blocks.extents.spatial;
  const int64_t begin = blocks.part() * blocks.elements_of_part;
  const int64_t left = blocks.count() - begin;
  const int64_t size =
      left < blocks.elements_of_part ? left : blocks.elements_of_part;
  int64_t image = (begin + threadIdx.x) / spatial;
  int64_t position = (begin + threadIdx.x) % spatial;
  const int64_t image_step = blockDim.x / spatial;
  const int64_t position_step = blockDim.x % spatial;
  for (int64_t i = threadIdx.x; i < size; i += blockDim.x) {
    function(image, position);
    image += image_step;
    position += position_step;
    if (position >= spatial) {
      position -= spatial;
      ++image;
    }
  }
}

// A thread's sums of many floats: in float over short runs, then in double.
template <int kCount>
struct RunningSums {
  static constexpr int kRunLength = 16;

  float run[kCount] = {};  // to be added to, before each End
  double totals[kCount] = {};
  int length = 0;

  // Ends an element.
  __device__ __forceinline__ void End() {
    if (++length == kRunLength) EndRun();
  }
  // To be called before `totals` is read.
  __device__ __forceinline__ void EndRun() {
    for (int k = 0; k < kCount; ++k) {
      totals[k] += run[k];
      run[k] = 0;
    }
    length = 0;
  }
};

// Leaves a block's numbers, which thread 0 has, for the one that ends last; for
// all threads, whether that is this one. Once a kernel.
template <int kCount>
__device__ bool LeaveForLast(const ChannelBlocks& blocks,
                             const double (&numbers)[kCount]) {
  static_assert(kCount <= ChannelBlocks::kMaxSums,
                "more than there is room for");
  __shared__ bool is_last;
  if (threadIdx.x == 0) {
    double* const left = blocks.left_by(blocks.part());
    for (int k = 0; k < kCount; ++k) left[k] = numbers[k];
    __threadfence();
    unsigned* const counter = blocks.counters + blocks.channel();
    is_last = atomicAdd(counter, 1u) + 1 == blocks.parts_of_channel;
    if (is_last) atomicExch(counter, 0u);
    __threadfence();
  }
  __syncthreads();
  return is_last;
}

// Sums of a channel. terms(image, position, float* terms) adds an element's to
// terms[0..kCount-1]. True for all threads of the block that ends last of its
// channel's, which then have the sums.
template <int kCount, typename Terms>
__device__ bool SumChannel(const ChannelBlocks& blocks, const Terms& terms,
                           double (&sums)[kCount]) {
  RunningSums<kCount> own;
  ForEachOfPart(blocks, [&](int64_t image, int64_t position) {
    terms(image, position, own.run);
    own.End();
  });
  own.EndRun();
  for (int k = 0; k < kCount; ++k) sums[k] = own.totals[k];
  BlockSum(sums);
  if (blocks.parts_of_channel == 1) return true;
  if (!LeaveForLast(blocks, sums)) return false;
  for (int k = 0; k < kCount; ++k) sums[k] = 0;
  for (int64_t part = threadIdx.x; part < blocks.parts_of_channel;
       part += blockDim.x) {
    for (int k = 0; k < kCount; ++k) sums[k] += blocks.left_by(part)[k];
  }
  BlockSum(sums);
  return true;
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_SUMS_CHANNEL_SUMS_CUH_
