#include <memory>

#include "core/cuda/launch.h"
#include "layers/batch_norm_apply/batch_norm_apply_cuda.cuh"
#include "layers/batch_norm_apply/batch_norm_apply_cuda.h"

namespace tamp {
namespace {

class BatchNormApplyCuda : public BatchNormApplyKernel {
 public:
  BatchNormApplyCuda(const BatchNormApplyOptions& options, CudaQueue& queue)
      : options_(options),
        queue_(queue),
        blocks_(BlocksOfChannels(
            queue, {options.num, options.channels, options.spatial})) {}

  void Forward(const BatchNormApplyForwardArgs<float>& args) override {
    RunningStatistics running;
    if (!args.is_recomputation) {
      running = {args.running_mean, args.running_variance, args.running_weight,
                 options_.moving_average_fraction};
    }
    LaunchKernel(queue_, ApplyNorm, blocks_.grid(), blocks_, args, options_.eps,
                 running);
    LaunchWeightUpdate(queue_, running);
  }

  void Backward(const BatchNormApplyBackwardArgs<float>& args) override {
    LaunchKernel(queue_, ApplyNormGradients, blocks_.grid(), blocks_, args,
                 options_.eps);
  }

 private:
  const BatchNormApplyOptions options_;
  CudaQueue& queue_;
  const ChannelBlocks blocks_;
};

}  // namespace

std::unique_ptr<BatchNormApplyKernel> MakeBatchNormApplyCuda(
    const BatchNormApplyOptions& options, CudaQueue& queue) {
  return std::make_unique<BatchNormApplyCuda>(options, queue);
}

}  // namespace tamp
