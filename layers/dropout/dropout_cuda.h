#ifndef TAMP_LAYERS_DROPOUT_DROPOUT_CUDA_H_
#define TAMP_LAYERS_DROPOUT_DROPOUT_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "kernels/extents.h"
#include "layers/dropout/dropout_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<DropoutKernel> MakeDropoutCuda(const Extents& extents,
                                               CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_DROPOUT_DROPOUT_CUDA_H_
