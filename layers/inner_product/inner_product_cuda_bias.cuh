#ifndef TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CUDA_BIAS_CUH_
#define TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CUDA_BIAS_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/grad_mode.h"

namespace tamp {

__global__ void __launch_bounds__(kThreadsPerBlock)
    SetRowsToBiasKernel(const float* bias, int64_t rows, int64_t outputs,
                        float* y, int64_t row_stride) {
  ForEachOfGrid(rows * outputs, [&](int64_t i) {
    y[i / outputs * row_stride + i % outputs] = bias[i % outputs];
  });
}

// A warp's lanes take outputs that adjoin, its block's warps take turns at the
// rows; the sums of the warps are added in their order.
constexpr int kSumRowsWarps = 8;

__global__ void __launch_bounds__(32 * kSumRowsWarps)
    SumRowsKernel(const float* dy, int64_t rows, int64_t outputs,
                  int64_t row_stride, GradMode mode, float* dbias) {
  __shared__ double sums[kSumRowsWarps][32];
  static_assert(sizeof sums <= kMostSharedBytes);
  const int lane = threadIdx.x, warp = threadIdx.y;
  const int64_t output = int64_t{blockIdx.x} * 32 + lane;
  double sum = 0;
  if (output < outputs) {
    for (int64_t r = warp; r < rows; r += kSumRowsWarps) {
      sum += dy[r * row_stride + output];
    }
  }
  sums[warp][lane] = sum;
  __syncthreads();
  if (warp > 0 || output >= outputs) return;
  for (int w = 1; w < kSumRowsWarps; ++w) sum += sums[w][lane];
  StoreGrad(mode, static_cast<float>(sum), dbias + output);
}

}  // namespace tamp

#endif  // TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CUDA_BIAS_CUH_
