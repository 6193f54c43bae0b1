#include <memory>

#include "core/cuda/launch.h"
#include "layers/dropout/dropout_cuda.cuh"
#include "layers/dropout/dropout_cuda.h"

namespace tamp {
namespace {

class DropoutCuda : public DropoutKernel {
 public:
  DropoutCuda(const Extents& extents, CudaQueue& queue)
      : extents_(extents), queue_(queue) {}

  void Apply(const DropoutMask& mask, const DropoutArgs<float>& args) override {
    if (args.y_mode == GradMode::kSkip) return;
    const bool is_identity = mask.threshold == 0 && mask.kept == 1;
    if (is_identity && args.x.data == args.y.data) return;
    LaunchKernel(queue_, ApplyDropout,
                 GridFor(queue_, (extents_.count() + 3) / 4),
                 MergedRows(extents_, args.x, args.y), mask, args.x,
                 args.y_mode, args.y);
  }

 private:
  const Extents extents_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<DropoutKernel> MakeDropoutCuda(const Extents& extents,
                                               CudaQueue& queue) {
  return std::make_unique<DropoutCuda>(extents, queue);
}

}  // namespace tamp
