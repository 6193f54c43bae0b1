#include <memory>

#include "kernels/cuda/elementwise.cuh"
#include "layers/relu/relu_cuda.cuh"
#include "layers/relu/relu_cuda.h"

namespace tamp {

std::unique_ptr<ElementwiseKernel> MakeReluCuda(const ReluOptions& options,
                                                CudaQueue& queue) {
  return MakeElementwiseOnCuda(options.extents,
                               ReluForwardCuda{options.negative_slope},
                               ReluBackwardCuda{options.negative_slope}, queue);
}

}  // namespace tamp
