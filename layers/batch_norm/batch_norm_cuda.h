#ifndef TAMP_LAYERS_BATCH_NORM_BATCH_NORM_CUDA_H_
#define TAMP_LAYERS_BATCH_NORM_BATCH_NORM_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/batch_norm/batch_norm_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<BatchNormKernel> MakeBatchNormCuda(
    const BatchNormOptions& options, CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_BATCH_NORM_CUDA_H_
