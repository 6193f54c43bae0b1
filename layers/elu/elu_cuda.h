#ifndef TAMP_LAYERS_ELU_ELU_CUDA_H_
#define TAMP_LAYERS_ELU_ELU_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/elu/elu_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<ElementwiseKernel> MakeEluCuda(const EluOptions& options,
                                               CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_ELU_ELU_CUDA_H_
