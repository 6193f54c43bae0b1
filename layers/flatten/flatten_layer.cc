#include "layers/flatten/flatten_layer.h"

#include <cstdint>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> FlattenLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, 1}));
  return absl::WrapUnique<Layer>(
      new FlattenLayer(parameter.flatten_param(), make_kernel));
}

absl::StatusOr<LayerPlan> FlattenLayer::Plan(absl::Span<const Shape> inputs,
                                             const PlanContext& context) {
  const Shape& input = inputs[0];
  ASSIGN_OR_RETURN(const int begin, input.CanonicalAxis(axis_));
  ASSIGN_OR_RETURN(const int end, input.CanonicalAxis(end_axis_));
  if (end < begin) {
    return absl::InvalidArgumentError(
        absl::StrCat("end_axis ", end_axis_, " is before axis ", axis_,
                     " for shape ", input.ToString()));
  }
  std::vector<int64_t> dims(input.dims().begin(), input.dims().begin() + begin);
  dims.push_back(input.count(begin, end + 1));
  dims.insert(dims.end(), input.dims().begin() + end + 1, input.dims().end());
  ASSIGN_OR_RETURN(const Shape output, Shape::Create(dims));

  from_ = {input.num(), input.channels(), input.spatial()};
  to_ = {output.num(), output.channels(), output.spatial()};
  ASSIGN_OR_RETURN(kernel_, make_kernel_(*context.device));
  LayerPlan plan;
  plan.outputs = {output};
  plan.backward_reads_inputs = false;
  return plan;
}

void FlattenLayer::Forward(const ForwardArgs& args) {
  kernel_->CopyInOrder(args.inputs[0].strided(), from_,
                       args.outputs[0].strided(), to_, GradMode::kWrite);
}

void FlattenLayer::Backward(const BackwardArgs& args) {
  kernel_->CopyInOrder(args.output_grads[0].strided(), to_,
                       args.input_grads[0].strided(), from_,
                       args.input_grad_modes[0]);
}

}  // namespace tamp
