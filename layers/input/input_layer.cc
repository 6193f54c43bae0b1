#include "layers/input/input_layer.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> InputLayer::Create(
    const LayerParameter& parameter) {
  RETURN_IF_ERROR(CheckArity(parameter, {0, 0}, {1, Arity::kAny}));
  const int shapes = parameter.input_param().shape_size();
  const int tops = parameter.top_size();
  if (shapes != 1 && shapes != tops) {
    return absl::InvalidArgumentError(absl::StrCat(
        "input_param has ", shapes, " shapes, one is needed",
        tops == 1 ? "" : absl::StrCat(", or one for each of ", tops, " tops")));
  }
  return absl::WrapUnique<Layer>(new InputLayer(parameter));
}

absl::StatusOr<LayerPlan> InputLayer::Plan(absl::Span<const Shape>,
                                           const PlanContext&) {
  const InputParameter& input = parameter_.input_param();
  LayerPlan plan;
  plan.outputs_are_external = true;
  for (int i = 0; i < parameter_.top_size(); ++i) {
    const BlobShape& shape = input.shape(input.shape_size() == 1 ? 0 : i);
    ASSIGN_OR_RETURN(plan.outputs.emplace_back(), Shape::Create(shape.dim()));
  }
  return plan;
}

}  // namespace tamp
