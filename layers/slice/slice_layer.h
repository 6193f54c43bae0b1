// The "Slice" layer: its bottom cut into its tops along an axis.

#ifndef TAMP_LAYERS_SLICE_SLICE_LAYER_H_
#define TAMP_LAYERS_SLICE_SLICE_LAYER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "kernels/axis_part.h"
#include "kernels/copy_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class SliceLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<CopyKernel>> (*)(Device&);

  // Refuses axis together with slice_dim, its old name, and slice points that
  // are not one less than the tops or do not rise.
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses slice points beyond the bottom's extent and, without any, an extent
  // that the number of tops does not divide.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  SliceLayer(const LayerParameter& parameter, MakeKernel make_kernel)
      : parameter_(parameter), make_kernel_(make_kernel) {}

  // Where the parts begin along the axis, and behind them the extent.
  absl::StatusOr<std::vector<int64_t>> Cuts(const Shape& input, int axis) const;

  const LayerParameter parameter_;
  const MakeKernel make_kernel_;
  std::vector<AxisPart> parts_;  // the place of each output in the input
  std::unique_ptr<CopyKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SLICE_SLICE_LAYER_H_
