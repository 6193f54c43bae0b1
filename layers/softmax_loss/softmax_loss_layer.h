// The "SoftmaxWithLoss" layer. Bottoms: scores, and labels (class numbers, one
// a line of scores). Tops: the loss, a scalar, and optionally the
// probabilities, in the shape of the scores. The loss is a mean of what its
// normalizer counts; without one (NONE) it is a sum over the batch.

#ifndef TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_LAYER_H_
#define TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/layer.h"
#include "layers/softmax_loss/softmax_loss_kernel.h"
#include "proto/layer.pb.h"

namespace tamp {

class SoftmaxLossLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<SoftmaxLossKernel>> (*)(
      const SoftmaxLossOptions&, Device&);

  // Refuses a label_smoothing outside of [0, 1).
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses an axis that the scores don't have, and labels that are not as many
  // as the lines of scores along it.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  SoftmaxLossLayer(const LayerParameter& parameter, MakeKernel make_kernel)
      : parameter_(parameter), make_kernel_(make_kernel) {}

  const LayerParameter parameter_;
  const MakeKernel make_kernel_;
  std::unique_ptr<SoftmaxLossKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_LAYER_H_
