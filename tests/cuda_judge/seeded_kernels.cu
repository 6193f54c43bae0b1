#include "tests/cuda_judge/seeded_kernels.h"

namespace tamp {
namespace cuda_judge {

constexpr int kManyValues = 100;

// The barrier keeps all values alive at the same time.
static __device__ void UseManyValues(float* y) {
  float values[kManyValues];
  for (int i = 0; i < kManyValues; ++i) values[i] = y[i * 1024 + threadIdx.x];
  __syncthreads();
  for (int i = 0; i < kManyValues; ++i) y[i * 1024 + threadIdx.x] = values[i];
}

__global__ void CopyFloats(const float* from, float* to) {
  to[threadIdx.x] = from[threadIdx.x];
}

__global__ void __launch_bounds__(kBoundThreads) Bounded(float* y) {
  __shared__ float fixed[kStaticFloats];
  extern __shared__ float dynamic[];
  fixed[threadIdx.x] = dynamic[threadIdx.x] = y[threadIdx.x];
  __syncthreads();
  y[threadIdx.x] = fixed[threadIdx.x ^ 1] + dynamic[threadIdx.x ^ 2];
}

__global__ void Greedy(float* y) { UseManyValues(y); }

__global__ void __launch_bounds__(1024) Spilling(float* y) { UseManyValues(y); }

void LaunchCopy(CudaQueue& queue, const GridSize& grid, const float* from,
                float* to) {
  LaunchKernel(queue, CopyFloats, grid, from, to);
}

void LaunchBounded(CudaQueue& queue, const GridSize& grid, float* y) {
  LaunchKernel(queue, Bounded, grid, y);
}

cudaError_t AllowDynamicShared(int bytes) {
  return cudaFuncSetAttribute(reinterpret_cast<const void*>(Bounded),
                              cudaFuncAttributeMaxDynamicSharedMemorySize,
                              bytes);
}

void LaunchGreedy(CudaQueue& queue, const GridSize& grid, float* y) {
  LaunchKernel(queue, Greedy, grid, y);
}

void LaunchSpilling(CudaQueue& queue, const GridSize& grid, float* y) {
  LaunchKernel(queue, Spilling, grid, y);
}

void LaunchPlainly(const float* from, float* to) {
  CopyFloats<<<1, 32>>>(from, to);
}

}  // namespace cuda_judge
}  // namespace tamp
