// Sums over the threads of a block, in an order that depends on its size alone:
// by exchanges within each warp, then over what its warps have.
//
// REQUIRES: a block of one axis and of whole warps, of which all threads call.

#ifndef TAMP_KERNELS_CUDA_SUMS_BLOCK_SUM_CUH_
#define TAMP_KERNELS_CUDA_SUMS_BLOCK_SUM_CUH_

#include "core/cuda/launch.h"

namespace tamp {

constexpr int kWarpSize = 32;

// Of a warp, for its lane 0.
template <typename T>
__device__ __forceinline__ T WarpSum(T value) {
  for (int delta = kWarpSize / 2; delta > 0; delta /= 2) {
    value += __shfl_down_sync(0xffffffff, value, delta);
  }
  return value;
}

// Each of the values becomes its sum, for all threads.
template <typename T, int kCount>
__device__ void BlockSum(T (&values)[kCount]) {
  __shared__ T warp_sums[32][kCount];
  static_assert(sizeof warp_sums <= kMostSharedBytes);
  const int warp = threadIdx.x / kWarpSize, lane = threadIdx.x % kWarpSize;
  const int num_warps = blockDim.x / kWarpSize;
  for (int k = 0; k < kCount; ++k) {
    const T sum = WarpSum(values[k]);
    if (lane == 0) warp_sums[warp][k] = sum;
  }
  __syncthreads();
  if (warp == 0) {
    for (int k = 0; k < kCount; ++k) {
      const T sum = WarpSum(lane < num_warps ? warp_sums[lane][k] : T(0));
      if (lane == 0) warp_sums[0][k] = sum;
    }
  }
  __syncthreads();
  for (int k = 0; k < kCount; ++k) values[k] = warp_sums[0][k];
  __syncthreads();  // before the next call writes warp_sums
}

// The same for one value, which is returned.
template <typename T>
__device__ __forceinline__ T BlockSum(T value) {
  T values[] = {value};
  BlockSum(values);
  return values[0];
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_SUMS_BLOCK_SUM_CUH_
