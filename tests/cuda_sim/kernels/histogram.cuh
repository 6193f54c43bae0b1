// How often each label occurs.

#ifndef TAMP_TESTS_CUDA_SIM_KERNELS_HISTOGRAM_CUH_
#define TAMP_TESTS_CUDA_SIM_KERNELS_HISTOGRAM_CUH_

namespace tamp {

// Counts in shared memory, then adds to `counts`, which is zero at first.
template <int kClasses>
__global__ void Histogram(const int* labels, int n, int* counts) {
  __shared__ int block_counts[kClasses];
  const int stride = blockDim.x * gridDim.x;
  for (int k = threadIdx.x; k < kClasses; k += blockDim.x) block_counts[k] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) {
    atomicAdd(&block_counts[labels[i]], 1);
  }
  __syncthreads();
  for (int k = threadIdx.x; k < kClasses; k += blockDim.x) {
    if (block_counts[k] > 0) atomicAdd(&counts[k], block_counts[k]);
  }
}

}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_KERNELS_HISTOGRAM_CUH_
