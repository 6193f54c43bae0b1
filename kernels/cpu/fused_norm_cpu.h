// The parts of fused kernels on the CPU that work on channels before maps are
// worked on.

#ifndef TAMP_KERNELS_CPU_FUSED_NORM_CPU_H_
#define TAMP_KERNELS_CPU_FUSED_NORM_CPU_H_

#include <cstdint>

#include "kernels/fused_norm.h"

namespace tamp {

// Updates the running statistics and writes the terms. The channels of x have
// `count` elements.
void PrepareFusedNorm(const FusedNormForwardArgs<float>& norm, int64_t channels,
                      int64_t count);

// Writes p, q and r. The channels of y have `count` elements.
// REQUIRES: finishing.statistics is not null.
void PrepareFinishing(const FinishingArgs<float>& finishing, int64_t channels,
                      int64_t count, const FinishingTerms<float>& terms);

}  // namespace tamp

#endif  // TAMP_KERNELS_CPU_FUSED_NORM_CPU_H_
