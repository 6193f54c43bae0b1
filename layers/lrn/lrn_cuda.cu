#include <cstdint>
#include <memory>

#include "core/cuda/launch.h"
#include "layers/lrn/lrn_cuda.cuh"
#include "layers/lrn/lrn_cuda.h"

namespace tamp {
namespace {

class LrnCuda : public LrnKernel {
 public:
  LrnCuda(const LrnOptions& options, CudaQueue& queue)
      : options_(options),
        queue_(queue),
        count_(options.num * options.channels * options.height *
               options.width) {}

  int64_t forward_workspace_bytes() const override { return 0; }
  // A term for each element.
  int64_t backward_workspace_bytes() const override {
    return count_ * int64_t{sizeof(float)};
  }

  void Forward(const LrnForwardArgs<float>& args) override {
    LaunchKernel(queue_, NormalizeByNeighbors, GridFor(queue_, count_),
                 options_, options_.alpha_per_element(), args);
  }

  void Backward(const LrnBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    const GridSize grid = GridFor(queue_, count_);
    auto* terms = static_cast<float*>(args.workspace);
    LaunchKernel(queue_, LrnGradientTerms, grid, options_, args, terms);
    LaunchKernel(queue_, LrnGradients, grid, options_,
                 2 * options_.alpha_per_element() * options_.beta, args, terms);
  }

 private:
  const LrnOptions options_;
  CudaQueue& queue_;
  const int64_t count_;
};

}  // namespace

std::unique_ptr<LrnKernel> MakeLrnCuda(const LrnOptions& options,
                                       CudaQueue& queue) {
  return std::make_unique<LrnCuda>(options, queue);
}

}  // namespace tamp
