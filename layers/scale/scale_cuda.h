#ifndef TAMP_LAYERS_SCALE_SCALE_CUDA_H_
#define TAMP_LAYERS_SCALE_SCALE_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/scale/scale_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<ScaleKernel> MakeScaleCuda(const Broadcast& broadcast,
                                           CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_SCALE_SCALE_CUDA_H_
