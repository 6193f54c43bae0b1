#ifndef TAMP_LAYERS_SIGMOID_SIGMOID_CUDA_H_
#define TAMP_LAYERS_SIGMOID_SIGMOID_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/sigmoid/sigmoid_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<ElementwiseKernel> MakeSigmoidCuda(
    const SigmoidOptions& options, CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_SIGMOID_SIGMOID_CUDA_H_
