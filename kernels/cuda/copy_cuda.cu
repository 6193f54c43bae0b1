#include <memory>

#include "core/check.h"
#include "core/cuda/launch.h"
#include "kernels/cuda/copy_cuda.cuh"
#include "kernels/cuda/copy_cuda.h"

namespace tamp {
namespace {

class CopyCuda : public CopyKernel {
 public:
  explicit CopyCuda(CudaQueue& queue) : queue_(queue) {}

  void Copy(const CopyBlock& block, const Strided<const float>& x,
            const Strided<float>& y, GradMode mode) override {
    if (mode == GradMode::kSkip) return;
    if (x.data == y.data && mode == GradMode::kWrite) return;
    LaunchKernel(queue_, CopyElements, GridFor(queue_, block.count()),
                 MergedRows(block, x.channel_stride, y.channel_stride), x, y,
                 mode);
  }

  void SetZero(const CopyBlock& block, const Strided<float>& y) override {
    LaunchKernel(queue_, SetElementsToZero, GridFor(queue_, block.count()),
                 block, y);
  }

  void CopyInOrder(const Strided<const float>& x, const Extents& x_extents,
                   const Strided<float>& y, const Extents& y_extents,
                   GradMode mode) override {
    if (mode == GradMode::kSkip) return;
    CHECK_EQ(x_extents.count(), y_extents.count());
    LaunchKernel(queue_, CopyElementsInOrder,
                 GridFor(queue_, y_extents.count()), x,
                 MergedRows(x_extents, x), y, MergedRows(y_extents, y), mode);
  }

 private:
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<CopyKernel> MakeCopyCuda(CudaQueue& queue) {
  return std::make_unique<CopyCuda>(queue);
}

}  // namespace tamp
