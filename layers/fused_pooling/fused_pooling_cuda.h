#ifndef TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_CUDA_H_
#define TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<FusedPoolingKernel> MakeFusedPoolingCuda(
    const FusedPoolingOptions& options, CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_CUDA_H_
