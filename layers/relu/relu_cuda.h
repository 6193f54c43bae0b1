#ifndef TAMP_LAYERS_RELU_RELU_CUDA_H_
#define TAMP_LAYERS_RELU_RELU_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/relu/relu_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<ElementwiseKernel> MakeReluCuda(const ReluOptions& options,
                                                CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_RELU_RELU_CUDA_H_
