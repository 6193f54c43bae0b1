#include <memory>

#include "kernels/cuda/elementwise.cuh"
#include "layers/relu/relu_cuda.cuh"
#include "layers/relu/relu_cuda.h"

namespace tamp {
namespace {

class ReluCuda : public ElementwiseKernel {
 public:
  ReluCuda(const ReluOptions& options, CudaQueue& queue)
      : options_(options), queue_(queue) {}

  void Forward(const ElementwiseForwardArgs<float>& args) override {
    LaunchMap(queue_, options_.extents, args.y,
              ReluForwardCuda{options_.negative_slope}, args.x);
  }
  void Backward(const ElementwiseBackwardArgs<float>& args) override {
    LaunchGradient(queue_, options_.extents, args.dx_mode, args.dx,
                   ReluBackwardCuda{options_.negative_slope}, args.y, args.dy);
  }

 private:
  const ReluOptions options_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<ElementwiseKernel> MakeReluCuda(const ReluOptions& options,
                                                CudaQueue& queue) {
  return std::make_unique<ReluCuda>(options, queue);
}

}  // namespace tamp
