#include <memory>

#include "kernels/cuda/elementwise.cuh"
#include "layers/elu/elu_cuda.cuh"
#include "layers/elu/elu_cuda.h"

namespace tamp {
namespace {

class EluCuda : public ElementwiseKernel {
 public:
  EluCuda(const EluOptions& options, CudaQueue& queue)
      : options_(options), queue_(queue) {}

  void Forward(const ElementwiseForwardArgs<float>& args) override {
    LaunchMap(queue_, options_.extents, args.y, EluForwardCuda{options_.alpha},
              args.x);
  }
  void Backward(const ElementwiseBackwardArgs<float>& args) override {
    LaunchGradient(queue_, options_.extents, args.dx_mode, args.dx,
                   EluBackwardCuda{options_.alpha}, args.y, args.dy);
  }

 private:
  const EluOptions options_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<ElementwiseKernel> MakeEluCuda(const EluOptions& options,
                                               CudaQueue& queue) {
  return std::make_unique<EluCuda>(options, queue);
}

}  // namespace tamp
