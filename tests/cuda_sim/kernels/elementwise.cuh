// y = factor * x, over a grid of any size.

#ifndef TAMP_TESTS_CUDA_SIM_KERNELS_ELEMENTWISE_CUH_
#define TAMP_TESTS_CUDA_SIM_KERNELS_ELEMENTWISE_CUH_

namespace tamp {

__global__ void Multiply(const float* x, float factor, float* y, int n) {
  const int stride = blockDim.x * gridDim.x;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) {
    y[i] = factor * x[i];
  }
}

}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_KERNELS_ELEMENTWISE_CUH_
