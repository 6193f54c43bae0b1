// The "Concat" layer: its bottoms side by side along an axis. The bottoms'
// shapes agree in every other axis.

#ifndef TAMP_LAYERS_CONCAT_CONCAT_LAYER_H_
#define TAMP_LAYERS_CONCAT_CONCAT_LAYER_H_

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

class ConcatLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<CopyKernel>> (*)(Device&);

  // Refuses axis together with concat_dim, its old name.
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  ConcatLayer(const LayerParameter& parameter, MakeKernel make_kernel)
      : parameter_(parameter), make_kernel_(make_kernel) {}

  // The shape of all inputs joined along an axis.
  absl::StatusOr<Shape> Join(absl::Span<const Shape> inputs, int axis) const;

  const LayerParameter parameter_;
  const MakeKernel make_kernel_;
  std::vector<AxisPart> parts_;  // the place of each input in the output
  std::unique_ptr<CopyKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_CONCAT_CONCAT_LAYER_H_
