#ifndef TAMP_LAYERS_BIAS_BIAS_CUDA_H_
#define TAMP_LAYERS_BIAS_BIAS_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/bias/bias_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<BiasKernel> MakeBiasCuda(const Broadcast& broadcast,
                                         CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_BIAS_BIAS_CUDA_H_
