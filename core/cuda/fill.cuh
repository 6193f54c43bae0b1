#ifndef TAMP_CORE_CUDA_FILL_CUH_
#define TAMP_CORE_CUDA_FILL_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"

namespace tamp {

// rows[outer][inner][0..length-1] = value.
__global__ void __launch_bounds__(kThreadsPerBlock)
    SetRows(float* data, int64_t outer, int64_t outer_stride, int64_t inner,
            int64_t inner_stride, int64_t length, float value) {
  ForEachOfGrid(outer * inner * length, [&](int64_t i) {
    const int64_t row = i / length;
    data[row / inner * outer_stride + row % inner * inner_stride + i % length] =
        value;
  });
}

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_FILL_CUH_
