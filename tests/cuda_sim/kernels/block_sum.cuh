// Sums over a warp, a block, and the rows of a matrix, in an order that depends
// on sizes only.

#ifndef TAMP_TESTS_CUDA_SIM_KERNELS_BLOCK_SUM_CUH_
#define TAMP_TESTS_CUDA_SIM_KERNELS_BLOCK_SUM_CUH_

namespace tamp {

// In lane 0.
__device__ inline float WarpSum(float value) {
  for (int delta = 16; delta > 0; delta /= 2) {
    value += __shfl_down_sync(0xffffffff, value, delta);
  }
  return value;
}

// In thread 0 of a block of kThreads.
template <int kThreads>
__device__ float BlockSum(float value) {
  static_assert(kThreads % 32 == 0, "whole warps");
  __shared__ float warp_sums[kThreads / 32];
  value = WarpSum(value);
  if (threadIdx.x % 32 == 0) warp_sums[threadIdx.x / 32] = value;
  __syncthreads();
  value = threadIdx.x < kThreads / 32 ? warp_sums[threadIdx.x] : 0;
  if (threadIdx.x < 32) value = WarpSum(value);
  __syncthreads();  // before the next call writes warp_sums
  return value;
}

// A block a row.
template <int kThreads>
__global__ void SumRows(const float* x, float* sums, int columns) {
  const float* row = x + blockIdx.x * columns;
  float sum = 0;
  for (int i = threadIdx.x; i < columns; i += kThreads) sum += row[i];
  sum = BlockSum<kThreads>(sum);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_KERNELS_BLOCK_SUM_CUH_
