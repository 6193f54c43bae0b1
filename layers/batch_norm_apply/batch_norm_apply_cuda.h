#ifndef TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_CUDA_H_
#define TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/batch_norm_apply/batch_norm_apply_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<BatchNormApplyKernel> MakeBatchNormApplyCuda(
    const BatchNormApplyOptions& options, CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_CUDA_H_
