#include <memory>

#include "core/cuda/launch.h"
#include "kernels/cuda/sums/broadcast_sums.cuh"
#include "layers/scale/scale_cuda.cuh"
#include "layers/scale/scale_cuda.h"

namespace tamp {
namespace {

class ScaleCuda : public ScaleKernel {
 public:
  ScaleCuda(const Broadcast& broadcast, CudaQueue& queue)
      : broadcast_(broadcast), queue_(queue) {}

  void Forward(const ScaleForwardArgs<float>& args) override {
    LaunchKernel(queue_, ScaleElements, GridFor(queue_, broadcast_.x.count()),
                 broadcast_, MergedRows(broadcast_.x, args.x, args.y), args);
  }

  void InputGrad(const ScaleInputGradArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    LaunchKernel(queue_, ScaleGradient, GridFor(queue_, broadcast_.x.count()),
                 broadcast_, MergedRows(broadcast_.x, args.dy, args.dx), args);
  }

  void ParameterGrad(const ScaleParameterGradArgs<float>& args) override {
    LaunchBroadcastSums(queue_, broadcast_, args.dscale_mode, args.dscale,
                        ScaleTerm(), args.x, args.dy);
    LaunchBroadcastSums(queue_, broadcast_, args.dbias_mode, args.dbias,
                        ScaleBiasTerm(), args.dy);
  }

 private:
  const Broadcast broadcast_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<ScaleKernel> MakeScaleCuda(const Broadcast& broadcast,
                                           CudaQueue& queue) {
  return std::make_unique<ScaleCuda>(broadcast, queue);
}

}  // namespace tamp
