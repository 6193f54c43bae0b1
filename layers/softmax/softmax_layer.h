// The "Softmax" layer: one bottom, one top of the same shape, may run in place.

#ifndef TAMP_LAYERS_SOFTMAX_SOFTMAX_LAYER_H_
#define TAMP_LAYERS_SOFTMAX_SOFTMAX_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/layer.h"
#include "layers/softmax/softmax_kernel.h"
#include "proto/layer.pb.h"

namespace tamp {

class SoftmaxLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<SoftmaxKernel>> (*)(
      const AxisLines&, Device&);

  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses an axis that the bottom doesn't have.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  SoftmaxLayer(int axis, MakeKernel make_kernel)
      : axis_(axis), make_kernel_(make_kernel) {}

  const int axis_;
  const MakeKernel make_kernel_;
  std::unique_ptr<SoftmaxKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_SOFTMAX_LAYER_H_
