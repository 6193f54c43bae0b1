#ifndef TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_CUDA_H_
#define TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/softmax_loss/softmax_loss_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<SoftmaxLossKernel> MakeSoftmaxLossCuda(
    const SoftmaxLossOptions& options, CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_CUDA_H_
