#ifndef TAMP_LAYERS_TANH_TANH_CUDA_H_
#define TAMP_LAYERS_TANH_TANH_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/tanh/tanh_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<ElementwiseKernel> MakeTanhCuda(const TanhOptions& options,
                                                CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_TANH_TANH_CUDA_H_
