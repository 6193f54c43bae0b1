#include <memory>

#include "kernels/cuda/elementwise.cuh"
#include "layers/sigmoid/sigmoid_cuda.cuh"
#include "layers/sigmoid/sigmoid_cuda.h"

namespace tamp {

std::unique_ptr<ElementwiseKernel> MakeSigmoidCuda(
    const SigmoidOptions& options, CudaQueue& queue) {
  return MakeElementwiseOnCuda(options.extents, SigmoidForwardCuda{},
                               SigmoidBackwardCuda{}, queue);
}

}  // namespace tamp
