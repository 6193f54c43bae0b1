#include <memory>

#include "core/cuda/launch.h"
#include "kernels/cuda/elementwise.cuh"
#include "kernels/cuda/sums/broadcast_sums.cuh"
#include "layers/bias/bias_cuda.cuh"
#include "layers/bias/bias_cuda.h"

namespace tamp {
namespace {

class BiasCuda : public BiasKernel {
 public:
  BiasCuda(const Broadcast& broadcast, CudaQueue& queue)
      : broadcast_(broadcast), queue_(queue) {}

  void Forward(const BiasForwardArgs<float>& args) override {
    LaunchKernel(queue_, AddBias, GridFor(queue_, broadcast_.x.count()),
                 broadcast_, MergedRows(broadcast_.x, args.x, args.y), args);
  }

  void InputGrad(const BiasInputGradArgs<float>& args) override {
    if (args.dx.data == args.dy.data) return;
    LaunchGradient(queue_, broadcast_.x, args.dx_mode, args.dx, BiasGradient(),
                   args.dy);
  }

  void ParameterGrad(const BiasParameterGradArgs<float>& args) override {
    LaunchBroadcastSums(queue_, broadcast_, args.dbias_mode, args.dbias,
                        BiasGradient(), args.dy);
  }

 private:
  const Broadcast broadcast_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<BiasKernel> MakeBiasCuda(const Broadcast& broadcast,
                                         CudaQueue& queue) {
  return std::make_unique<BiasCuda>(broadcast, queue);
}

}  // namespace tamp
