#ifndef TAMP_LAYERS_ACCURACY_ACCURACY_CUDA_H_
#define TAMP_LAYERS_ACCURACY_ACCURACY_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "layers/accuracy/accuracy_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<AccuracyKernel> MakeAccuracyCuda(const AccuracyOptions& options,
                                                 CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_LAYERS_ACCURACY_ACCURACY_CUDA_H_
