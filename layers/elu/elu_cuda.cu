#include <memory>

#include "kernels/cuda/elementwise.cuh"
#include "layers/elu/elu_cuda.cuh"
#include "layers/elu/elu_cuda.h"

namespace tamp {

std::unique_ptr<ElementwiseKernel> MakeEluCuda(const EluOptions& options,
                                               CudaQueue& queue) {
  return MakeElementwiseOnCuda(options.extents, EluForwardCuda{options.alpha},
                               EluBackwardCuda{options.alpha}, queue);
}

}  // namespace tamp
