// The "Input" layer: no bottoms, tops of given shapes that the net's user fills
// before each forward.

#ifndef TAMP_LAYERS_INPUT_INPUT_LAYER_H_
#define TAMP_LAYERS_INPUT_INPUT_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class InputLayer : public Layer {
 public:
  // Refuses a number of shapes that is neither 1 nor that of the tops.
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter);

  // Refuses extents below 1 and products that are too large.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs&) override {}
  void Backward(const BackwardArgs&) override {}

 private:
  explicit InputLayer(const LayerParameter& parameter)
      : parameter_(parameter) {}

  const LayerParameter parameter_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_INPUT_INPUT_LAYER_H_
