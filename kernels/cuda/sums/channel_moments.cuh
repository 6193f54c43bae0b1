// Mean and variance of each channel, as channel_sums.cuh makes sums.
//
// A thread takes differences to the first value that it sees, so that data of a
// large mean keep their variance; a block adds up squares around its own mean,
// which it knows by then.

#ifndef TAMP_KERNELS_CUDA_SUMS_CHANNEL_MOMENTS_CUH_
#define TAMP_KERNELS_CUDA_SUMS_CHANNEL_MOMENTS_CUH_

#include <cstdint>

#include "kernels/cuda/sums/block_sum.cuh"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/moments.h"

namespace tamp {

// Of what the threads of a block have, for all of them.
__device__ inline Moments BlockMoments(const Moments& own) {
  double sums[] = {own.count, own.count * own.mean};
  BlockSum(sums);
  const double mean = sums[1] / sums[0];
  const double difference = own.mean - mean;
  const double squares = own.squares + own.count * difference * difference;
  return {sums[0], mean, BlockSum(squares)};
}

// Of a channel whose elements value(image, position) gives. True for all
// threads of the block that ends last of its channel's, which then have them.
template <typename Value>
__device__ bool MomentsOfChannel(const ChannelBlocks& blocks,
                                 const Value& value, Moments* all) {
  RunningSums<2> sums;
  float first = 0;
  int64_t count = 0;
  ForEachOfPart(blocks, [&](int64_t image, int64_t position) {
    const float x = value(image, position);
    if (count++ == 0) first = x;
    const float difference = x - first;
    sums.run[0] += difference;
    sums.run[1] += difference * difference;
    sums.End();
  });
  sums.EndRun();
  Moments own;
  if (count > 0) {
    const double mean = sums.totals[0] / count;
    own = {double(count), first + mean, sums.totals[1] - sums.totals[0] * mean};
  }
  *all = BlockMoments(own);
  if (blocks.parts_of_channel == 1) return true;
  if (!LeaveForLast(blocks, {all->count, all->mean, all->squares})) {
    return false;
  }
  own = {};
  for (int64_t part = threadIdx.x; part < blocks.parts_of_channel;
       part += blockDim.x) {
    const double* const left = blocks.left_by(part);
    AddMoments({left[0], left[1], left[2]}, &own);
  }
  *all = BlockMoments(own);
  return true;
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_SUMS_CHANNEL_MOMENTS_CUH_
