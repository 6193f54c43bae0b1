#include "core/cuda/launch.h"
#include "layers/inner_product/inner_product_cuda_bias.cuh"
#include "layers/inner_product/inner_product_cuda_bias.h"

namespace tamp {

void SetRowsToBias(CudaQueue& queue, const float* bias, int64_t rows,
                   int64_t outputs, float* y, int64_t row_stride) {
  LaunchKernel(queue, SetRowsToBiasKernel, GridFor(queue, rows * outputs), bias,
               rows, outputs, y, row_stride);
}

void SumRows(CudaQueue& queue, const float* dy, int64_t rows, int64_t outputs,
             int64_t row_stride, GradMode mode, float* dbias) {
  const auto blocks = static_cast<unsigned>((outputs + 31) / 32);
  LaunchKernel(queue, SumRowsKernel, GridSize(blocks, dim3(32, kSumRowsWarps)),
               dy, rows, outputs, row_stride, mode, dbias);
}

}  // namespace tamp
