#include <memory>

#include "kernels/cuda/elementwise.cuh"
#include "layers/sigmoid/sigmoid_cuda.cuh"
#include "layers/sigmoid/sigmoid_cuda.h"

namespace tamp {
namespace {

class SigmoidCuda : public ElementwiseKernel {
 public:
  SigmoidCuda(const SigmoidOptions& options, CudaQueue& queue)
      : options_(options), queue_(queue) {}

  void Forward(const ElementwiseForwardArgs<float>& args) override {
    LaunchMap(queue_, options_.extents, args.y, SigmoidForwardCuda{}, args.x);
  }
  void Backward(const ElementwiseBackwardArgs<float>& args) override {
    LaunchGradient(queue_, options_.extents, args.dx_mode, args.dx,
                   SigmoidBackwardCuda{}, args.y, args.dy);
  }

 private:
  const SigmoidOptions options_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<ElementwiseKernel> MakeSigmoidCuda(
    const SigmoidOptions& options, CudaQueue& queue) {
  return std::make_unique<SigmoidCuda>(options, queue);
}

}  // namespace tamp
