#include "layers/batch_norm_apply/batch_norm_apply_layer.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"
#include "layers/options/batch_norm_parameters.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> BatchNormApplyLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {2, 2}, {1, 1}));
  return absl::WrapUnique<Layer>(
      new BatchNormApplyLayer(parameter.batch_norm_param(), make_kernel));
}

absl::StatusOr<LayerPlan> BatchNormApplyLayer::Plan(
    absl::Span<const Shape> inputs, const PlanContext& context) {
  const Shape& shape = inputs[0];
  const Shape wanted = {1, shape.channels(), 2};
  if (inputs[1] != wanted) {
    return absl::InvalidArgumentError(
        absl::StrCat("statistics have shape ", inputs[1].ToString(), ", not ",
                     wanted.ToString()));
  }
  ASSIGN_OR_RETURN(kernel_, make_kernel_({shape.num(), shape.channels(),
                                          shape.spatial(), parameter_.eps(),
                                          parameter_.moving_average_fraction()},
                                         *context.device));
  LayerPlan plan;
  plan.outputs = {shape};
  plan.parameters = PlanBatchNormParameters(parameter_, shape.channels());
  return plan;
}

void BatchNormApplyLayer::Forward(const ForwardArgs& args) {
  const BatchNormArrays norm = BatchNormArraysOf(parameter_, args.parameters);
  kernel_->Forward({args.inputs[0].strided(), args.inputs[1].data, norm.gamma,
                    norm.beta, norm.running_mean, norm.running_variance,
                    norm.running_weight, args.outputs[0].strided(),
                    args.is_recomputation});
}

void BatchNormApplyLayer::Backward(const BackwardArgs& args) {
  kernel_->Backward({args.inputs[0].strided(), args.inputs[1].data,
                     args.parameters[0].data, args.output_grads[0].strided(),
                     args.input_grads[0].strided(), args.input_grad_modes[0],
                     args.input_grads[1].data, args.input_grad_modes[1],
                     args.parameter_grads[0].data, args.parameter_grad_modes[0],
                     args.parameter_grads[1].data,
                     args.parameter_grad_modes[1]});
}

}  // namespace tamp
