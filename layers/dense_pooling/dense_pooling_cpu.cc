// Tiles of channels are worked on side by side; see dense_pooling_cpu_plan.h.

#include "layers/dense_pooling/dense_pooling_cpu.h"

#include <cstdint>

#include "core/check.h"
#include "core/cpu/cpu_device.h"
#include "core/grad_mode.h"
#include "layers/dense_pooling/dense_pooling_cpu_backward.h"
#include "layers/dense_pooling/dense_pooling_cpu_forward.h"
#include "layers/dense_pooling/dense_pooling_cpu_plan.h"

namespace tamp {
namespace {

class DensePoolingCpu : public DensePoolingKernel {
 public:
  DensePoolingCpu(const DensePoolingOptions& options, const CpuDevice& device)
      : device_(device), plan_(options) {}

  int64_t forward_workspace_bytes() const override {
    return plan_.workspace_floats() * int64_t{sizeof(float)};
  }
  int64_t backward_workspace_bytes() const override {
    return plan_.workspace_floats() * int64_t{sizeof(float)};
  }

  void Forward(const DensePoolingForwardArgs<float>& args) override {
    device_.ParallelFor(plan_.num_tiles, [&](int64_t tile) {
      PoolForwardTile(plan_, args, tile, Scratch(args.workspace, tile));
    });
  }

  void Backward(const DensePoolingBackwardArgs<float>& args) override {
    CHECK(!plan_.options.finishes_input || args.dx_mode != GradMode::kAdd);
    device_.ParallelFor(plan_.num_tiles, [&](int64_t tile) {
      PoolBackwardTile(plan_, args, tile, Scratch(args.workspace, tile));
    });
  }

 private:
  float* Scratch(void* workspace, int64_t tile) const {
    return static_cast<float*>(workspace) + tile * plan_.tile_floats;
  }

  const CpuDevice& device_;
  const DensePoolingPlan plan_;
};

}  // namespace

std::unique_ptr<DensePoolingKernel> MakeDensePoolingCpu(
    const DensePoolingOptions& options, const Device& device) {
  return std::make_unique<DensePoolingCpu>(options, AsCpu(device));
}

}  // namespace tamp
