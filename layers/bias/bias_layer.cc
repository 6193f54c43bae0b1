#include "layers/bias/bias_layer.h"

#include "absl/memory/memory.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"
#include "layers/options/broadcast_axes.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> BiasLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 2}, {1, 1}));
  return absl::WrapUnique<Layer>(new BiasLayer(parameter, make_kernel));
}

absl::StatusOr<LayerPlan> BiasLayer::Plan(absl::Span<const Shape> inputs,
                                          const PlanContext& context) {
  const BiasParameter& bias = parameter_.bias_param();
  ASSIGN_OR_RETURN(
      const BroadcastAxes axes,
      learns_bias_
          ? BroadcastParameter(inputs[0], bias.axis(), bias.num_axes())
          : BroadcastBottom(parameter_, inputs[0], inputs[1], bias.axis()));
  ASSIGN_OR_RETURN(kernel_, make_kernel_(axes.broadcast, *context.device));

  LayerPlan plan;
  plan.outputs = {inputs[0]};
  if (learns_bias_) {
    plan.parameters.push_back({"bias", axes.shape, bias.filler()});
  }
  plan.can_run_in_place = true;
  plan.can_run_backward_in_place = learns_bias_;
  plan.backward_reads_inputs = false;
  return plan;
}

void BiasLayer::Forward(const ForwardArgs& args) {
  BiasForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  if (learns_bias_) {
    kernel_args.bias = args.parameters[0].strided();
  } else {
    kernel_args.bias = args.inputs[1].strided();
  }
  kernel_args.y = args.outputs[0].strided();
  kernel_->Forward(kernel_args);
}

void BiasLayer::Backward(const BackwardArgs& args) {
  const Strided<const float> dy = args.output_grads[0].strided();
  // dx comes first: where the bias is a bottom it may be the same one twice.
  kernel_->InputGrad(
      {dy, args.input_grads[0].strided(), args.input_grad_modes[0]});
  if (learns_bias_) {
    kernel_->ParameterGrad(
        {dy, args.parameter_grads[0].strided(), args.parameter_grad_modes[0]});
  } else {
    kernel_->ParameterGrad(
        {dy, args.input_grads[1].strided(), args.input_grad_modes[1]});
  }
}

}  // namespace tamp
