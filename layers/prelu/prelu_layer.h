// The "PReLU" layer: one bottom, one top of the same shape, may run in place.
// Its parameter "weight" holds the slopes: one a channel, or a scalar with
// channel_shared.

#ifndef TAMP_LAYERS_PRELU_PRELU_LAYER_H_
#define TAMP_LAYERS_PRELU_PRELU_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/layer.h"
#include "layers/prelu/prelu_kernel.h"
#include "proto/layer.pb.h"

namespace tamp {

class PreluLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<PreluKernel>> (*)(
      const Broadcast&, Device&);

  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses a bottom without a channel axis.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  PreluLayer(const PReLUParameter& prelu, MakeKernel make_kernel)
      : prelu_(prelu), make_kernel_(make_kernel) {}

  const PReLUParameter prelu_;
  const MakeKernel make_kernel_;
  std::unique_ptr<PreluKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_PRELU_PRELU_LAYER_H_
