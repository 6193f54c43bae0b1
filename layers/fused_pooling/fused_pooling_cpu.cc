// Tiles of channels are worked on side by side; see cpu/plan.h.

#include "layers/fused_pooling/fused_pooling_cpu.h"

#include <cstdint>

#include "core/check.h"
#include "core/cpu/cpu_device.h"
#include "kernels/cpu/fused_norm_cpu.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "layers/fused_pooling/cpu/backward.h"
#include "layers/fused_pooling/cpu/forward.h"
#include "layers/fused_pooling/cpu/plan.h"

namespace tamp {
namespace {

class FusedPoolingCpu : public FusedPoolingKernel {
 public:
  FusedPoolingCpu(const FusedPoolingOptions& options, const CpuDevice& device)
      : device_(device), plan_(options), o_(plan_.options) {}

  int64_t forward_workspace_bytes() const override {
    return plan_.workspace_floats() * int64_t{sizeof(float)};
  }
  int64_t backward_workspace_bytes() const override {
    const int64_t terms =
        o_.has_statistics ? NumFinishingTerms(o_.channels) : 0;
    return forward_workspace_bytes() + terms * int64_t{sizeof(float)};
  }

  void Forward(const FusedPoolingForwardArgs<float>& args) override {
    PrepareFusedNorm(args.norm, o_.channels, o_.num * o_.input_size());
    device_.ParallelFor(plan_.num_tiles, [&](int64_t tile) {
      PoolForwardTile(plan_, args, tile, Scratch(args.workspace, tile));
    });
  }

  void Backward(const FusedPoolingBackwardArgs<float>& args) override {
    CHECK(!o_.finishes_input || args.dx_mode != GradMode::kAdd);
    FinishingTerms<float> finishing;
    if (args.finishing.statistics != nullptr) {
      finishing = FinishingTermsAt(
          static_cast<float*>(args.workspace) + plan_.finishing_terms(),
          o_.channels);
      PrepareFinishing(args.finishing, o_.channels, o_.num * o_.output_size(),
                       finishing);
    }
    device_.ParallelFor(plan_.num_tiles, [&](int64_t tile) {
      PoolBackwardTile(plan_, args, finishing, tile,
                       Scratch(args.workspace, tile));
    });
  }

 private:
  float* Scratch(void* workspace, int64_t tile) const {
    return static_cast<float*>(workspace) + tile * plan_.tile_floats;
  }

  const CpuDevice& device_;
  const FusedPoolingPlan plan_;
  const FusedPoolingOptions& o_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FusedPoolingKernel>> MakeFusedPoolingCpu(
    const FusedPoolingOptions& options, Device& device) {
  return std::make_unique<FusedPoolingCpu>(options, AsCpu(device));
}

}  // namespace tamp
