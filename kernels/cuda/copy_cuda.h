#ifndef TAMP_KERNELS_CUDA_COPY_CUDA_H_
#define TAMP_KERNELS_CUDA_COPY_CUDA_H_

#include <memory>

#include "core/cuda/queue.h"
#include "kernels/copy_kernel.h"

namespace tamp {

// The queue must outlive the kernel.
std::unique_ptr<CopyKernel> MakeCopyCuda(CudaQueue& queue);

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_COPY_CUDA_H_
