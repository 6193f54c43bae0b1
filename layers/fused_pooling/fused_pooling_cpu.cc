// Tiles of channels are worked on side by side; see cpu/plan.h.

#include "layers/fused_pooling/fused_pooling_cpu.h"

#include <cstdint>

#include "core/check.h"
#include "core/cpu/cpu_device.h"
#include "kernels/grad_mode.h"
#include "layers/fused_pooling/cpu/backward.h"
#include "layers/fused_pooling/cpu/forward.h"
#include "layers/fused_pooling/cpu/plan.h"

namespace tamp {
namespace {

class FusedPoolingCpu : public FusedPoolingKernel {
 public:
  FusedPoolingCpu(const FusedPoolingOptions& options, const CpuDevice& device)
      : device_(device), plan_(options) {}

  int64_t forward_workspace_bytes() const override {
    return plan_.workspace_floats() * int64_t{sizeof(float)};
  }
  int64_t backward_workspace_bytes() const override {
    return plan_.workspace_floats() * int64_t{sizeof(float)};
  }

  void Forward(const FusedPoolingForwardArgs<float>& args) override {
    device_.ParallelFor(plan_.num_tiles, [&](int64_t tile) {
      PoolForwardTile(plan_, args, tile, Scratch(args.workspace, tile));
    });
  }

  void Backward(const FusedPoolingBackwardArgs<float>& args) override {
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
  const FusedPoolingPlan plan_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FusedPoolingKernel>> MakeFusedPoolingCpu(
    const FusedPoolingOptions& options, Device& device) {
  return std::make_unique<FusedPoolingCpu>(options, AsCpu(device));
}

}  // namespace tamp
