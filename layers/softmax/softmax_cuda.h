#ifndef TAMP_LAYERS_SOFTMAX_SOFTMAX_CUDA_H_
#define TAMP_LAYERS_SOFTMAX_SOFTMAX_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/softmax/softmax_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<SoftmaxKernel> MakeSoftmaxCuda(const AxisLines& lines,
                                               CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_SOFTMAX_CUDA_H_
