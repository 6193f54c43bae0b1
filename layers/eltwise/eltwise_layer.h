// The "Eltwise" layer: two or more bottoms of one shape, one top of that shape.

#ifndef TAMP_LAYERS_ELTWISE_ELTWISE_LAYER_H_
#define TAMP_LAYERS_ELTWISE_ELTWISE_LAYER_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/eltwise/eltwise_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class EltwiseLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<EltwiseKernel>> (*)(
      const EltwiseOptions&, Device&);

  // Refuses coefficients for anything but SUM, and a number of them that is not
  // that of the bottoms. The gradient of PROD is always the product of the
  // other bottoms, whatever stable_prod_grad says: it is exact where a bottom
  // is 0.
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses bottoms of different shapes.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  EltwiseLayer(const LayerParameter& parameter, MakeKernel make_kernel)
      : parameter_(parameter), make_kernel_(make_kernel) {}

  // The inputs' places, in memory that Plan has allocated.
  const Strided<const float>* Places(absl::Span<const ConstView> inputs);

  const LayerParameter parameter_;
  const MakeKernel make_kernel_;
  std::vector<Strided<const float>> places_;
  std::unique_ptr<EltwiseKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_ELTWISE_ELTWISE_LAYER_H_
