// The "Accuracy" layer. Bottoms: scores, and labels (class numbers, one a line
// of scores). Tops: the share of right lines, a scalar in 0 .. 1, and
// optionally the share for each class. It has no gradient.

#ifndef TAMP_LAYERS_ACCURACY_ACCURACY_LAYER_H_
#define TAMP_LAYERS_ACCURACY_ACCURACY_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/accuracy/accuracy_kernel.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class AccuracyLayer : public Layer {
 public:
  using MakeKernel = absl::StatusOr<std::unique_ptr<AccuracyKernel>> (*)(
      const AccuracyOptions&, Device&);

  // Refuses a top_k of 0.
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter, MakeKernel make_kernel);

  // Refuses an axis that the scores don't have, a top_k above the number of
  // classes, and labels that are not as many as the lines of scores.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs&) override {}

 private:
  AccuracyLayer(const LayerParameter& parameter, MakeKernel make_kernel)
      : parameter_(parameter), make_kernel_(make_kernel) {}

  const LayerParameter parameter_;
  const MakeKernel make_kernel_;
  std::unique_ptr<AccuracyKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_ACCURACY_ACCURACY_LAYER_H_
