#ifndef TAMP_KERNELS_CUDA_COPY_CUDA_CUH_
#define TAMP_KERNELS_CUDA_COPY_CUDA_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/copy_kernel.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

// Calls function(image, channel, row, column) for the thread's share of a
// block's elements.
template <typename Function>
__device__ void ForEachElement(const CopyBlock& block,
                               const Function& function) {
  ForEachOfGrid(block.count(), [&](int64_t i) {
    const int64_t row = i / block.columns;
    const int64_t map = row / block.rows;
    function(map / block.channels, map % block.channels, row % block.rows,
             i % block.columns);
  });
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    CopyElements(CopyBlock block, Strided<const float> x, Strided<float> y,
                 GradMode mode) {
  ForEachElement(block, [&](int64_t n, int64_t c, int64_t row, int64_t column) {
    StoreGrad(mode, x.at(n, c)[row * block.x_row_pitch + column],
              y.at(n, c) + row * block.y_row_pitch + column);
  });
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    SetElementsToZero(CopyBlock block, Strided<float> y) {
  ForEachElement(block, [&](int64_t n, int64_t c, int64_t row, int64_t column) {
    y.at(n, c)[row * block.y_row_pitch + column] = 0;
  });
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    CopyElementsInOrder(Strided<const float> x, Extents x_extents,
                        Strided<float> y, Extents y_extents, GradMode mode) {
  ForEachOfGrid(y_extents.count(), [&](int64_t i) {
    StoreGrad(mode, *ElementAt(x, x_extents, i), ElementAt(y, y_extents, i));
  });
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_COPY_CUDA_CUH_
