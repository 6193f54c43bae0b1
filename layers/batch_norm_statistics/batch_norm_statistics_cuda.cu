#include <memory>

#include "core/cuda/launch.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_cuda.cuh"
#include "layers/batch_norm_statistics/batch_norm_statistics_cuda.h"

namespace tamp {
namespace {

class BatchNormStatisticsCuda : public BatchNormStatisticsKernel {
 public:
  BatchNormStatisticsCuda(const BatchNormStatisticsOptions& options,
                          CudaQueue& queue)
      : eps_(options.eps),
        queue_(queue),
        blocks_(BlocksOfChannels(
            queue, {options.num, options.channels, options.spatial})) {}

  void Forward(const BatchNormStatisticsForwardArgs<float>& args) override {
    LaunchKernel(queue_, TakeStatistics, blocks_.grid(), blocks_, args);
  }

  void Backward(const BatchNormStatisticsBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    LaunchKernel(queue_, FinishGradient, blocks_.grid(), blocks_, args, eps_);
  }

 private:
  const float eps_;
  CudaQueue& queue_;
  const ChannelBlocks blocks_;
};

}  // namespace

std::unique_ptr<BatchNormStatisticsKernel> MakeBatchNormStatisticsCuda(
    const BatchNormStatisticsOptions& options, CudaQueue& queue) {
  return std::make_unique<BatchNormStatisticsCuda>(options, queue);
}

}  // namespace tamp
