#include "layers/scale/scale_layer.h"

#include "absl/memory/memory.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"
#include "layers/options/broadcast_axes.h"

namespace tamp {
namespace {

FillerParameter ConstantOne() {
  FillerParameter filler;
  filler.set_value(1);
  return filler;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> ScaleLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 2}, {1, 1}));
  return absl::WrapUnique<Layer>(new ScaleLayer(parameter, make_kernel));
}

absl::StatusOr<LayerPlan> ScaleLayer::Plan(absl::Span<const Shape> inputs,
                                           const PlanContext& context) {
  const ScaleParameter& scale = parameter_.scale_param();
  ASSIGN_OR_RETURN(
      const BroadcastAxes axes,
      learns_scale_
          ? BroadcastParameter(inputs[0], scale.axis(), scale.num_axes())
          : BroadcastBottom(parameter_, inputs[0], inputs[1], scale.axis()));
  ASSIGN_OR_RETURN(kernel_, make_kernel_(axes.broadcast, *context.device));

  LayerPlan plan;
  plan.outputs = {inputs[0]};
  if (learns_scale_) {
    plan.parameters.push_back(
        {"weight", axes.shape,
         scale.has_filler() ? scale.filler() : ConstantOne()});
  }
  if (has_bias_) {
    plan.parameters.push_back({"bias", axes.shape, scale.bias_filler()});
  }
  plan.can_run_in_place = true;
  plan.can_run_backward_in_place = learns_scale_;
  plan.forward_multiply_adds = inputs[0].num_elements();
  return plan;
}

void ScaleLayer::Forward(const ForwardArgs& args) {
  ScaleForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  if (learns_scale_) {
    kernel_args.scale = args.parameters[0].strided();
  } else {
    kernel_args.scale = args.inputs[1].strided();
  }
  if (has_bias_) kernel_args.bias = args.parameters.back().strided();
  kernel_args.y = args.outputs[0].strided();
  kernel_->Forward(kernel_args);
}

void ScaleLayer::Backward(const BackwardArgs& args) {
  ScaleInputGradArgs<float> kernel_args;
  if (learns_scale_) {
    kernel_args.scale = args.parameters[0].strided();
  } else {
    kernel_args.scale = args.inputs[1].strided();
  }
  kernel_args.dy = args.output_grads[0].strided();
  kernel_args.dx = args.input_grads[0].strided();
  kernel_args.dx_mode = args.input_grad_modes[0];
  // dx may overwrite dy, so parameters come first. Where the scale is a bottom
  // it may be the same one twice: their gradients come in order.
  if (learns_scale_) ParameterGrad(args);
  kernel_->InputGrad(kernel_args);
  if (!learns_scale_) ParameterGrad(args);
}

void ScaleLayer::ParameterGrad(const BackwardArgs& args) {
  ScaleParameterGradArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.dy = args.output_grads[0].strided();
  if (learns_scale_) {
    kernel_args.dscale = args.parameter_grads[0].strided();
    kernel_args.dscale_mode = args.parameter_grad_modes[0];
  } else {
    kernel_args.dscale = args.input_grads[1].strided();
    kernel_args.dscale_mode = args.input_grad_modes[1];
  }
  if (has_bias_) {
    kernel_args.dbias = args.parameter_grads.back().strided();
    kernel_args.dbias_mode = args.parameter_grad_modes.back();
  }
  kernel_->ParameterGrad(kernel_args);
}

}  // namespace tamp
