#include "layers/convolution/convolution_layer.h"

#include <cstdint>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "core/check.h"
#include "core/shape.h"
#include "core/status_macros.h"
#include "layers/convolution/convolution_options.h"
#include "layers/options/arity.h"

namespace tamp {
namespace {

FillerParameter WeightFiller(const ConvolutionParameter& parameter) {
  if (parameter.has_weight_filler()) return parameter.weight_filler();
  FillerParameter filler;
  filler.set_type("xavier");
  return filler;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> ConvolutionLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, 1}));
  ASSIGN_OR_RETURN(const ConvolutionOptions options,
                   ReadConvolutionOptions(parameter.convolution_param()));
  return absl::WrapUnique<Layer>(
      new ConvolutionLayer(parameter, options, make_kernel));
}

absl::StatusOr<LayerPlan> ConvolutionLayer::Plan(absl::Span<const Shape> inputs,
                                                 const PlanContext& context) {
  RETURN_IF_ERROR(FitToInput(inputs[0], parameter_.bottom(0), &options_));
  options_.precision = context.precision;
  const ConvolutionOptions& o = options_;
  const Shape output = {o.num, o.num_output, o.output_h(), o.output_w()};
  LayerPlan plan;
  if (__builtin_mul_overflow(output.num_elements(), o.fan_in(),
                             &plan.forward_multiply_adds)) {
    return absl::InvalidArgumentError("needs more than 2^63 multiply-adds");
  }
  ASSIGN_OR_RETURN(kernel_, make_kernel_(options_, *context.device));
  plan.outputs = {output};
  plan.parameters.push_back(
      {"weight",
       {o.num_output, o.channels / o.group, o.kernel_h, o.kernel_w},
       WeightFiller(parameter_.convolution_param())});
  if (has_bias()) {
    plan.parameters.push_back(
        {"bias", {o.num_output}, parameter_.convolution_param().bias_filler()});
  }
  plan.forward_workspace_bytes = kernel_->forward_workspace_bytes();
  plan.backward_workspace_bytes = kernel_->backward_workspace_bytes();
  return plan;
}

void ConvolutionLayer::Forward(const ForwardArgs& args) {
  CHECK(args.parameters[0].is_dense());
  ConvolutionForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.w = args.parameters[0].data;
  kernel_args.bias = has_bias() ? args.parameters[1].data : nullptr;
  kernel_args.y = args.outputs[0].strided();
  kernel_args.workspace = args.workspace;
  kernel_->Forward(kernel_args);
}

void ConvolutionLayer::Backward(const BackwardArgs& args) {
  ConvolutionBackwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.w = args.parameters[0].data;
  kernel_args.dy = args.output_grads[0].strided();
  kernel_args.dx = args.input_grads[0].strided();
  kernel_args.dx_mode = args.input_grad_modes[0];
  kernel_args.dw = args.parameter_grads[0].data;
  kernel_args.dw_mode = args.parameter_grad_modes[0];
  if (has_bias()) {
    kernel_args.dbias = args.parameter_grads[1].data;
    kernel_args.dbias_mode = args.parameter_grad_modes[1];
  }
  kernel_args.workspace = args.workspace;
  kernel_->Backward(kernel_args);
}

}  // namespace tamp
