#include <memory>

#include "core/cuda/launch.h"
#include "kernels/cuda/sums/broadcast_sums.cuh"
#include "layers/prelu/prelu_cuda.cuh"
#include "layers/prelu/prelu_cuda.h"

namespace tamp {
namespace {

class PreluCuda : public PreluKernel {
 public:
  PreluCuda(const Broadcast& broadcast, CudaQueue& queue)
      : broadcast_(broadcast), queue_(queue) {}

  void Forward(const PreluForwardArgs<float>& args) override {
    Apply(args.x, args.slope, args.x, GradMode::kWrite, args.y);
  }
  void Backward(const PreluBackwardArgs<float>& args) override {
    LaunchBroadcastSums(queue_, broadcast_, args.dslope_mode, args.dslope,
                        SlopeTerm(), args.x, args.dy);
    if (args.dx_mode == GradMode::kSkip) return;
    Apply(args.x, args.slope, args.dy, args.dx_mode, args.dx);
  }

 private:
  void Apply(const Strided<const float>& x, const Strided<const float>& slope,
             const Strided<const float>& v, GradMode mode,
             const Strided<float>& y) {
    const Extents rows = MergedRows(broadcast_.x, x, v, y);
    LaunchKernel(queue_, ApplySlopes, GridFor(queue_, rows.count()), broadcast_,
                 rows, x, slope, v, mode, y);
  }

  const Broadcast broadcast_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<PreluKernel> MakePreluCuda(const Broadcast& broadcast,
                                           CudaQueue& queue) {
  return std::make_unique<PreluCuda>(broadcast, queue);
}

}  // namespace tamp
