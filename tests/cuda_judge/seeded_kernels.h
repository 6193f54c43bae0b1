// Kernels whose launches the judge's tests get wrong; nobody runs them.

#ifndef TAMP_TESTS_CUDA_JUDGE_SEEDED_KERNELS_H_
#define TAMP_TESTS_CUDA_JUDGE_SEEDED_KERNELS_H_

#include <cuda_runtime_api.h>

#include "core/cuda/launch.h"
#include "core/cuda/queue.h"

namespace tamp {
namespace cuda_judge {

constexpr int kBoundThreads = 128;
constexpr int kStaticFloats = 1000;

// A kernel that needs little.
void LaunchCopy(CudaQueue& queue, const GridSize& grid, const float* from,
                float* to);

// One with launch bounds, static shared memory and dynamic one; and the
// latter's attribute.
void LaunchBounded(CudaQueue& queue, const GridSize& grid, float* y);
cudaError_t AllowDynamicShared(int bytes);

// One with so many registers that 1024 threads do not fit.
void LaunchGreedy(CudaQueue& queue, const GridSize& grid, float* y);

// The same, which must spill for its launch bounds.
void LaunchSpilling(CudaQueue& queue, const GridSize& grid, float* y);

// Without LaunchKernel.
void LaunchPlainly(const float* from, float* to);

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_SEEDED_KERNELS_H_
