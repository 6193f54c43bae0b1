#include <cstdint>
#include <memory>

#include "core/cuda/launch.h"
#include "layers/softmax_loss/softmax_loss_cuda.cuh"
#include "layers/softmax_loss/softmax_loss_cuda.h"

namespace tamp {
namespace {

class SoftmaxLossCuda : public SoftmaxLossKernel {
 public:
  SoftmaxLossCuda(const SoftmaxLossOptions& options, CudaQueue& queue)
      : options_(options), queue_(queue) {}

  int64_t forward_workspace_bytes() const override { return 0; }

  void Forward(const SoftmaxLossForwardArgs<float>& args) override {
    const GridSize grid = GridForLines(queue_, options_.lines.count());
    auto* sums = reinterpret_cast<LossSum*>(queue_.scratch().partials);
    LaunchKernel(queue_, SoftmaxLossLines, grid, options_, args, sums);
    LaunchKernel(queue_, DivideLoss, GridSize(1, kThreadsPerBlock),
                 options_.fixed_normalizer, sums, grid.blocks.x, args.loss,
                 args.count);
  }

  void Backward(const SoftmaxLossBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    const int64_t num_lines = options_.lines.count();
    double fixed_count = options_.fixed_normalizer;
    double* counts = queue_.scratch().partials;
    int64_t num_counts = 0;
    if (fixed_count == 0 && options_.has_ignore_label) {
      const GridSize grid = GridFor(queue_, num_lines);
      LaunchKernel(queue_, CountLines, grid, options_, args.labels, counts);
      num_counts = grid.blocks.x;
    } else if (fixed_count == 0) {
      fixed_count = static_cast<double>(num_lines);
    }
    LaunchKernel(queue_, SoftmaxLossGradients, GridForLines(queue_, num_lines),
                 options_, args, fixed_count, counts, num_counts);
  }

 private:
  const SoftmaxLossOptions options_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<SoftmaxLossKernel> MakeSoftmaxLossCuda(
    const SoftmaxLossOptions& options, CudaQueue& queue) {
  return std::make_unique<SoftmaxLossCuda>(options, queue);
}

}  // namespace tamp
