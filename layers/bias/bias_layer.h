// The "Bias" layer: y = x + b. With one bottom b is the parameter "bias"; with
// two it is the second bottom.

#ifndef TAMP_LAYERS_BIAS_BIAS_LAYER_H_
#define TAMP_LAYERS_BIAS_BIAS_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/bias/bias_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class BiasLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<BiasKernel>> (*)(
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
  BiasLayer(const LayerParameter& parameter, MakeKernel make_kernel)
      : parameter_(parameter),
        learns_bias_(parameter.bottom_size() == 1),
        make_kernel_(make_kernel) {}

  const LayerParameter parameter_;
  const bool learns_bias_;
  const MakeKernel make_kernel_;
  std::unique_ptr<BiasKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_BIAS_BIAS_LAYER_H_
