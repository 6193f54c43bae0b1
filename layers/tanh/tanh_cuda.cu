#include <memory>

#include "kernels/cuda/elementwise.cuh"
#include "layers/tanh/tanh_cuda.cuh"
#include "layers/tanh/tanh_cuda.h"

namespace tamp {
namespace {

class TanhCuda : public ElementwiseKernel {
 public:
  TanhCuda(const TanhOptions& options, CudaQueue& queue)
      : options_(options), queue_(queue) {}

  void Forward(const ElementwiseForwardArgs<float>& args) override {
    LaunchMap(queue_, options_.extents, args.y, TanhForwardCuda{}, args.x);
  }
  void Backward(const ElementwiseBackwardArgs<float>& args) override {
    LaunchGradient(queue_, options_.extents, args.dx_mode, args.dx,
                   TanhBackwardCuda{}, args.y, args.dy);
  }

 private:
  const TanhOptions options_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<ElementwiseKernel> MakeTanhCuda(const TanhOptions& options,
                                                CudaQueue& queue) {
  return std::make_unique<TanhCuda>(options, queue);
}

}  // namespace tamp
