#include "layers/concat/concat_layer.h"

#include <cstdint>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "kernels/part_along.h"
#include "layers/options/arity.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> ConcatLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, Arity::kAny}, {1, 1}));
  const ConcatParameter& concat = parameter.concat_param();
  if (concat.has_axis() && concat.has_concat_dim()) {
    return absl::InvalidArgumentError(
        "axis and concat_dim are both given, keep axis");
  }
  if (concat.concat_dim() >= static_cast<uint32_t>(Shape::kMaxRank)) {
    return absl::InvalidArgumentError(
        absl::StrCat("concat_dim ", concat.concat_dim(), " is out of range"));
  }
  return absl::WrapUnique<Layer>(new ConcatLayer(parameter, make_kernel));
}

absl::StatusOr<Shape> ConcatLayer::Join(absl::Span<const Shape> inputs,
                                        int axis) const {
  int64_t extent = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    Shape expected = inputs[0];
    if (inputs[i].rank() == expected.rank()) {
      expected.set_dim(axis, inputs[i].dim(axis));
    }
    if (inputs[i] != expected) {
      return absl::InvalidArgumentError(absl::StrCat(
          "bottom \"", parameter_.bottom(i), "\" has shape ",
          inputs[i].ToString(), ", it may differ from ", inputs[0].ToString(),
          " of bottom \"", parameter_.bottom(0), "\" in axis ", axis, " only"));
    }
    extent += inputs[i].dim(axis);
  }
  std::vector<int64_t> dims(inputs[0].dims().begin(), inputs[0].dims().end());
  dims[axis] = extent;
  return Shape::Create(dims);
}

absl::StatusOr<LayerPlan> ConcatLayer::Plan(absl::Span<const Shape> inputs,
                                            const PlanContext& context) {
  const ConcatParameter& concat = parameter_.concat_param();
  ASSIGN_OR_RETURN(
      const int axis,
      inputs[0].CanonicalAxis(concat.has_concat_dim()
                                  ? static_cast<int>(concat.concat_dim())
                                  : concat.axis()));
  ASSIGN_OR_RETURN(const Shape output, Join(inputs, axis));
  parts_.clear();
  int64_t begin = 0;
  for (const Shape& input : inputs) {
    parts_.push_back(PartAlong(output, axis, begin, input.dim(axis)));
    begin += input.dim(axis);
  }
  ASSIGN_OR_RETURN(kernel_, make_kernel_(*context.device));
  LayerPlan plan;
  plan.outputs = {output};
  plan.backward_reads_inputs = false;
  return plan;
}

void ConcatLayer::Forward(const ForwardArgs& args) {
  const Strided<float> y = args.outputs[0].strided();
  for (size_t i = 0; i < parts_.size(); ++i) {
    kernel_->Copy(parts_[i].part_to_whole, args.inputs[i].strided(),
                  parts_[i].In(y), GradMode::kWrite);
  }
}

void ConcatLayer::Backward(const BackwardArgs& args) {
  const Strided<const float> dy = args.output_grads[0].strided();
  for (size_t i = 0; i < parts_.size(); ++i) {
    kernel_->Copy(parts_[i].whole_to_part(), parts_[i].In(dy),
                  args.input_grads[i].strided(), args.input_grad_modes[i]);
  }
}

}  // namespace tamp
