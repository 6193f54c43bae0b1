// The "Sigmoid" layer: one bottom, one top of the same shape, may run in place.

#ifndef TAMP_LAYERS_SIGMOID_SIGMOID_LAYER_H_
#define TAMP_LAYERS_SIGMOID_SIGMOID_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/layer.h"
#include "layers/sigmoid/sigmoid_kernel.h"
#include "proto/layer.pb.h"

namespace tamp {

class SigmoidLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<ElementwiseKernel>> (*)(
      const SigmoidOptions&, Device&);

  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  explicit SigmoidLayer(MakeKernel make_kernel) : make_kernel_(make_kernel) {}

  const MakeKernel make_kernel_;
  std::unique_ptr<ElementwiseKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SIGMOID_SIGMOID_LAYER_H_
