#include "core/cuda/launch.h"
#include "kernels/cuda/fused_norm_cuda.cuh"
#include "kernels/cuda/fused_norm_cuda.h"

namespace tamp {

void PrepareFusedNorm(CudaQueue& queue, const FusedNormForwardArgs<float>& norm,
                      int64_t channels, int64_t count) {
  LaunchKernel(queue, PrepareNorm, GridSize(1, kThreadsPerBlock), norm,
               channels, count);
}

void PrepareFinishing(CudaQueue& queue, const FinishingArgs<float>& finishing,
                      int64_t channels, int64_t count,
                      const FinishingTerms<float>& terms) {
  LaunchKernel(queue, PrepareFinishingTerms, GridFor(queue, channels),
               finishing, channels, count, terms);
}

}  // namespace tamp
