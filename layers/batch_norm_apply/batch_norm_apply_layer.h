// The "BatchNormApply" layer, made by the pass share_statistics in the place of
// a BatchNorm with scale_bias that trains: bottoms are a value and the
// statistics of its channels. Parameters are those of the BatchNorm.

#ifndef TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_LAYER_H_
#define TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/batch_norm_apply/batch_norm_apply_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class BatchNormApplyLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<BatchNormApplyKernel>> (*)(
      const BatchNormApplyOptions&, Device&);

  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  BatchNormApplyLayer(const BatchNormParameter& parameter,
                      MakeKernel make_kernel)
      : parameter_(parameter), make_kernel_(make_kernel) {}

  const BatchNormParameter parameter_;
  const MakeKernel make_kernel_;
  std::unique_ptr<BatchNormApplyKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_LAYER_H_
