#include <memory>

#include "core/cuda/launch.h"
#include "layers/batch_norm/batch_norm_cuda.cuh"
#include "layers/batch_norm/batch_norm_cuda.h"

namespace tamp {
namespace {

class BatchNormCuda : public BatchNormKernel {
 public:
  BatchNormCuda(const BatchNormOptions& options, CudaQueue& queue)
      : options_(options),
        queue_(queue),
        blocks_(BlocksOfChannels(
            queue, {options.num, options.channels, options.spatial})) {}

  void Forward(const BatchNormForwardArgs<float>& args) override {
    if (options_.use_global_stats) {
      LaunchKernel(queue_, NormalizeByRunning, blocks_.grid(), blocks_, args,
                   options_.eps);
      return;
    }
    RunningStatistics running;
    if (options_.update_running_stats && !args.is_recomputation) {
      running = {args.running_mean, args.running_variance, args.running_weight,
                 options_.moving_average_fraction};
    }
    LaunchKernel(queue_, NormalizeByBatch, blocks_.grid(), blocks_, args,
                 options_.eps, running);
    if (has_parts()) {
      LaunchKernel(queue_, NormalizeParts, blocks_.grid(), blocks_, args);
    }
    LaunchWeightUpdate(queue_, running);
  }

  void Backward(const BatchNormBackwardArgs<float>& args) override {
    const bool wants_input = args.dx_mode != GradMode::kSkip;
    const bool wants_parameters = args.dgamma_mode != GradMode::kSkip ||
                                  args.dbeta_mode != GradMode::kSkip;
    const bool by_batch = wants_input && !options_.use_global_stats;
    if (wants_parameters || by_batch) {
      const double count = double(options_.num) * double(options_.spatial);
      LaunchKernel(queue_, BatchNormGradients, blocks_.grid(), blocks_, args,
                   1 / count, by_batch);
    }
    if (by_batch && has_parts()) {
      LaunchKernel(queue_, InputGradOfParts, blocks_.grid(), blocks_, args);
    } else if (wants_input && options_.use_global_stats) {
      LaunchKernel(queue_, InputGradByRunning, blocks_.grid(), blocks_, args);
    }
  }

 private:
  bool has_parts() const { return blocks_.parts_of_channel > 1; }

  const BatchNormOptions options_;
  CudaQueue& queue_;
  const ChannelBlocks blocks_;
};

}  // namespace

std::unique_ptr<BatchNormKernel> MakeBatchNormCuda(
    const BatchNormOptions& options, CudaQueue& queue) {
  return std::make_unique<BatchNormCuda>(options, queue);
}

}  // namespace tamp
