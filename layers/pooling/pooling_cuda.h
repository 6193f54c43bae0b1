#ifndef TAMP_LAYERS_POOLING_POOLING_CUDA_H_
#define TAMP_LAYERS_POOLING_POOLING_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/pooling/pooling_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<PoolingKernel> MakePoolingCuda(const PoolingOptions& options,
                                               CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_POOLING_POOLING_CUDA_H_
