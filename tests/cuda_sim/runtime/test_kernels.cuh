// Kernels for tests of the runtime.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_TEST_KERNELS_CUH_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_TEST_KERNELS_CUH_

namespace tamp {

// y[i] = x[i] + term.
__global__ void AddNumber(const float* x, float term, float* y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = x[i] + term;
}

struct Span {
  int n;
  float* data;
};

__global__ void Double(Span span) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < span.n) span.data[i] *= 2;
}

// The bytes of shared memory that the launch gives.
__global__ void CountShared(int bytes, int* count) {
  extern __shared__ unsigned char dynamic_shared[];
  for (int i = 0; i < bytes; ++i) dynamic_shared[i] = 1;
  *count = 0;
  for (int i = 0; i < bytes; ++i) *count += dynamic_shared[i];
}

}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_TEST_KERNELS_CUH_
