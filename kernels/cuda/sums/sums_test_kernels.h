// Kernels around block_sum.cuh, channel_sums.cuh and channel_moments.cuh, for
// their tests.

#ifndef TAMP_KERNELS_CUDA_SUMS_SUMS_TEST_KERNELS_H_
#define TAMP_KERNELS_CUDA_SUMS_SUMS_TEST_KERNELS_H_

#include <cstdint>

#include "core/cuda/queue.h"
#include "kernels/extents.h"
#include "kernels/strided.h"

namespace tamp {

// A block of `threads` a row of x, a thread an element. Of each row, for every
// thread: the sum of the elements in float, and in double that of them, that of
// their squares and that of ones.
void LaunchBlockSums(CudaQueue& queue, int rows, int threads, const float* x,
                     float* sums);

// Of each channel the sum and that of squares, behind each other. x is counted
// up by 1 for each time that an element was read. Blocks have up to
// `elements_of_part`.
void LaunchChannelSums(CudaQueue& queue, const Extents& extents,
                       int64_t elements_of_part, Strided<float> x, float* sums);

// Of each channel mean and biased variance, behind each other.
void LaunchChannelMoments(CudaQueue& queue, const Extents& extents,
                          int64_t elements_of_part, Strided<const float> x,
                          float* moments);

// How many blocks a channel has.
int64_t PartsOfChannel(const CudaQueue& queue, const Extents& extents,
                       int64_t elements_of_part);

// Whether the blocks' parts are all of a channel, none of them empty, and the
// scratch has room for them.
bool CoversChannels(const CudaQueue& queue, const Extents& extents);

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_SUMS_SUMS_TEST_KERNELS_H_
