#ifndef TAMP_LAYERS_LRN_LRN_CUDA_H_
#define TAMP_LAYERS_LRN_LRN_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/lrn/lrn_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<LrnKernel> MakeLrnCuda(const LrnOptions& options,
                                       CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_LRN_LRN_CUDA_H_
