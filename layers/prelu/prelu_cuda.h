#ifndef TAMP_LAYERS_PRELU_PRELU_CUDA_H_
#define TAMP_LAYERS_PRELU_PRELU_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/prelu/prelu_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<PreluKernel> MakePreluCuda(const Broadcast& broadcast,
                                           CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_PRELU_PRELU_CUDA_H_
