// Forward of windows that overlap or are padded, with the widest vectors that
// the machine has: one vector of outputs at a time.

#ifndef TAMP_LAYERS_POOLING_POOLING_CPU_WINDOWS_H_
#define TAMP_LAYERS_POOLING_POOLING_CPU_WINDOWS_H_

#include <cstdint>

#include "layers/pooling/pooling_kernel.h"

namespace tamp {

// Whether the windows are small enough, and side by side or every second, so
// that the functions below may be called.
bool HasVectorWindows(const PoolingOptions& options);

// Of one map. REQUIRES: HasVectorWindows(options).
void MaxOfWindows(const PoolingOptions& options, const float* x, float* y,
                  int32_t* argmax);
void AverageOfWindows(const PoolingOptions& options, const float* x, float* y);

}  // namespace tamp

#endif  // TAMP_LAYERS_POOLING_POOLING_CPU_WINDOWS_H_
