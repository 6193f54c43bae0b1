// The "Scale" layer: y = x * s, or y = x * s + b with bias_term. With one
// bottom s is the parameter "weight"; with two it is the second bottom. b is
// always a parameter, "bias", of the shape of s.

#ifndef TAMP_LAYERS_SCALE_SCALE_LAYER_H_
#define TAMP_LAYERS_SCALE_SCALE_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/layer.h"
#include "layers/scale/scale_kernel.h"
#include "proto/layer.pb.h"

namespace tamp {

class ScaleLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<ScaleKernel>> (*)(
      const Broadcast&, Device&);

  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses axes that the bottom doesn't have, and a second bottom whose shape
  // is not that of the first from `axis` on.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  ScaleLayer(const LayerParameter& parameter, MakeKernel make_kernel)
      : parameter_(parameter),
        learns_scale_(parameter.bottom_size() == 1),
        has_bias_(parameter.scale_param().bias_term()),
        make_kernel_(make_kernel) {}

  void ParameterGrad(const BackwardArgs& args);

  const LayerParameter parameter_;
  const bool learns_scale_;
  const bool has_bias_;
  const MakeKernel make_kernel_;
  std::unique_ptr<ScaleKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SCALE_SCALE_LAYER_H_
