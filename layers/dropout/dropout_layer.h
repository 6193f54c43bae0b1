// The "Dropout" layer: one bottom, one top of the same shape, may run in place.
// Nothing is kept for backward: the mask is computed again from the step, the
// seed and the layer's name.

#ifndef TAMP_LAYERS_DROPOUT_DROPOUT_LAYER_H_
#define TAMP_LAYERS_DROPOUT_DROPOUT_LAYER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "kernels/dropout_mask.h"
#include "kernels/extents.h"
#include "layers/dropout/dropout_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class DropoutLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<DropoutKernel>> (*)(
      const Extents&, Device&);

  // Refuses a dropout_ratio outside of [0, 1).
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  DropoutLayer(const LayerParameter& parameter, MakeKernel make_kernel)
      : name_(parameter.name()),
        ratio_(parameter.dropout_param().dropout_ratio()),
        scale_train_(parameter.dropout_param().scale_train()),
        make_kernel_(make_kernel) {}

  DropoutMask MaskOf(const StepContext& step) const;

  const std::string name_;
  const float ratio_;
  const bool scale_train_;
  const MakeKernel make_kernel_;
  // Of the planned phase: in TEST the threshold is 0.
  uint32_t threshold_ = 0;
  float kept_ = 1;
  std::unique_ptr<DropoutKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_DROPOUT_DROPOUT_LAYER_H_
