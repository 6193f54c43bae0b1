// What an inner product does for its bias beside the matrix products. Matrices
// are rows x outputs, with `row_stride` elements between rows.

#ifndef TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CUDA_BIAS_H_
#define TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CUDA_BIAS_H_

#include <cstdint>

#include "core/cuda/queue.h"
#include "kernels/grad_mode.h"

namespace tamp {

// y[r, o] = bias[o]
void SetRowsToBias(CudaQueue& queue, const float* bias, int64_t rows,
                   int64_t outputs, float* y, int64_t row_stride);

// dbias[o] = sum over r of dy[r, o]
void SumRows(CudaQueue& queue, const float* dy, int64_t rows, int64_t outputs,
             int64_t row_stride, GradMode mode, float* dbias);

}  // namespace tamp

#endif  // TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_CUDA_BIAS_H_
