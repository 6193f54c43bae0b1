#include <memory>

#include "kernels/cuda/elementwise.cuh"
#include "layers/tanh/tanh_cuda.cuh"
#include "layers/tanh/tanh_cuda.h"

namespace tamp {

std::unique_ptr<ElementwiseKernel> MakeTanhCuda(const TanhOptions& options,
                                                CudaQueue& queue) {
  return MakeElementwiseOnCuda(options.extents, TanhForwardCuda{},
                               TanhBackwardCuda{}, queue);
}

}  // namespace tamp
