// The "ReLU" layer: one bottom, one top of the same shape, may run in place.

#ifndef TAMP_LAYERS_RELU_RELU_LAYER_H_
#define TAMP_LAYERS_RELU_RELU_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/layer.h"
#include "layers/relu/relu_kernel.h"
#include "proto/layer.pb.h"

namespace tamp {

class ReluLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<ElementwiseKernel>> (*)(
      const ReluOptions&, Device&);

  // Refuses a negative negative_slope: the sign of the input could then not be
  // read off the output.
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  ReluLayer(float negative_slope, MakeKernel make_kernel)
      : negative_slope_(negative_slope), make_kernel_(make_kernel) {}

  const float negative_slope_;
  const MakeKernel make_kernel_;
  std::unique_ptr<ElementwiseKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_RELU_RELU_LAYER_H_
