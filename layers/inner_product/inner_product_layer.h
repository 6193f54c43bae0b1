// The "InnerProduct" layer: one bottom, whose axes from `axis` on are one row
// of inputs; one top whose last axis, `axis`, has num_output elements. Formula
// in inner_product_kernel.h.
//
// Parameters: "weight" [num_output, inputs], or with transpose the other way
// round, and with bias_term "bias" [num_output]. A weight without weight_filler
// starts as "xavier": Caffe's constant 0 would never learn.

#ifndef TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_LAYER_H_
#define TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/inner_product/inner_product_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class InnerProductLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<InnerProductKernel>> (*)(
      const InnerProductOptions&, Device&);

  // Refuses a num_output of 0.
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses an axis that the input does not have and sizes whose products are
  // out of bounds.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  InnerProductLayer(const InnerProductParameter& parameter,
                    MakeKernel make_kernel)
      : parameter_(parameter), make_kernel_(make_kernel) {}

  const InnerProductParameter parameter_;
  const MakeKernel make_kernel_;
  std::unique_ptr<InnerProductKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_LAYER_H_
