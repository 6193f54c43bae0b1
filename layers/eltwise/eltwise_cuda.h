#ifndef TAMP_LAYERS_ELTWISE_ELTWISE_CUDA_H_
#define TAMP_LAYERS_ELTWISE_ELTWISE_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/eltwise/eltwise_kernel.h"

namespace tamp {

// The queue must outlive the kernel. With more inputs than some 16,000 it does
// nothing but to tell the queue.
std::unique_ptr<EltwiseKernel> MakeEltwiseCuda(const EltwiseOptions& options,
                                               CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_ELTWISE_ELTWISE_CUDA_H_
