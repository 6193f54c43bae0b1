#include "layers/relu/relu_layer.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> ReluLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, 1}));
  const float slope = parameter.relu_param().negative_slope();
  if (!(slope >= 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("negative_slope is ", slope, ", it must be at least 0"));
  }
  return absl::WrapUnique<Layer>(new ReluLayer(slope, make_kernel));
}

absl::StatusOr<LayerPlan> ReluLayer::Plan(absl::Span<const Shape> inputs,
                                          const PlanContext& context) {
  const Shape& shape = inputs[0];
  ASSIGN_OR_RETURN(
      kernel_, make_kernel_({{shape.num(), shape.channels(), shape.spatial()},
                             negative_slope_},
                            *context.device));
  LayerPlan plan;
  plan.outputs = {shape};
  plan.can_run_in_place = true;
  plan.can_run_backward_in_place = true;
  plan.backward_reads_inputs = false;
  plan.backward_reads_outputs = true;
  return plan;
}

void ReluLayer::Forward(const ForwardArgs& args) {
  kernel_->Forward({args.inputs[0].strided(), args.outputs[0].strided()});
}

void ReluLayer::Backward(const BackwardArgs& args) {
  kernel_->Backward({args.outputs[0].strided(), args.output_grads[0].strided(),
                     args.input_grads[0].strided(), args.input_grad_modes[0]});
}

}  // namespace tamp
