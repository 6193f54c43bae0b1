// What fused kernels on CUDA do to all channels before they work on maps; what
// kernels/cpu/fused_norm_cpu.h is for CPUs.

#ifndef TAMP_KERNELS_CUDA_FUSED_NORM_CUDA_H_
#define TAMP_KERNELS_CUDA_FUSED_NORM_CUDA_H_

#include <cstdint>

#include "core/cuda/queue.h"
#include "kernels/fused_norm.h"

namespace tamp {

// Moves the running statistics where that is due, and writes the terms. The
// channels of x have `count` elements.
void PrepareFusedNorm(CudaQueue& queue, const FusedNormForwardArgs<float>& norm,
                      int64_t channels, int64_t count);

// Writes p, q and r. The channels of y have `count` elements.
// REQUIRES: finishing.statistics is not null.
void PrepareFinishing(CudaQueue& queue, const FinishingArgs<float>& finishing,
                      int64_t channels, int64_t count,
                      const FinishingTerms<float>& terms);

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_FUSED_NORM_CUDA_H_
