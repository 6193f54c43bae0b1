#include "layers/fused_convolution/fused_convolution_layer.h"

#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/rng.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"
#include "layers/options/batch_norm_parameters.h"
#include "layers/options/fused_batch_norm.h"

namespace tamp {
namespace {

constexpr size_t kFirstNormParameter = 1;  // behind the weight

FillerParameter DefaultWeightFiller() {
  FillerParameter filler;
  filler.set_type("xavier");
  return filler;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> FusedConvolutionLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 2}, {1, 2}));
  const FusedConvolutionParameter& fused = parameter.fused_convolution_param();
  if (fused.convolution().num_output() == 0 ||
      fused.convolution().kernel_size_size() == 0) {
    return absl::InvalidArgumentError(
        "needs a convolution with num_output and kernel_size");
  }
  return absl::WrapUnique<Layer>(new FusedConvolutionLayer(fused, make_kernel));
}

absl::Status FusedConvolutionLayer::CheckOptions(
    absl::Span<const Shape> inputs) const {
  const Shape& shape = inputs[0];
  if (shape.rank() != 4) {
    return absl::InvalidArgumentError(
        absl::StrCat("needs images of 4 axes, not ", shape.ToString()));
  }
  if ((options_.gathers && (options_.normalizes || options_.pools)) ||
      (options_.kernel != 1 && options_.pools)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "kernel_size is ", options_.kernel, ", pad ", options_.pad, ", stride ",
        options_.stride, ": cannot normalize or pool before it"));
  }
  if (options_.shifts_output && !uses_running_statistics_) {
    return absl::InvalidArgumentError(
        "normalizes its output with running statistics: in phase TEST only");
  }
  const size_t wanted = shares_input_statistics() ? 2 : 1;
  if (inputs.size() != wanted) {
    return absl::InvalidArgumentError(
        absl::StrCat("needs ", wanted, " bottom(s), has ", inputs.size()));
  }
  if (wanted == 2 && inputs[1] != Shape({1, shape.channels(), 2})) {
    return absl::InvalidArgumentError(
        absl::StrCat("statistics have shape ", inputs[1].ToString(), ", not 1x",
                     shape.channels(), "x2"));
  }
  return absl::OkStatus();
}

absl::StatusOr<LayerPlan> FusedConvolutionLayer::Plan(
    absl::Span<const Shape> inputs, const PlanContext& context) {
  const Shape& shape = inputs[0];
  const ConvolutionParameter& convolution = parameter_.convolution();
  options_.num_output = convolution.num_output();
  options_.kernel = convolution.kernel_size(0);
  options_.stride = convolution.stride_size() > 0 ? convolution.stride(0) : 1;
  options_.pad = convolution.pad_size() > 0 ? convolution.pad(0) : 0;
  options_.gathers = options_.stride != 1 ||
                     (options_.kernel != 1 && options_.kernel != 3) ||
                     options_.pad != options_.kernel / 2;
  options_.normalizes = parameter_.has_batch_norm();
  options_.pools = parameter_.pools();
  options_.drops = parameter_.has_dropout_name() && context.phase == TRAIN;
  options_.has_statistics = parameter_.has_statistics_eps();
  options_.shifts_output = parameter_.has_output_norm();
  options_.rectifies_output = parameter_.rectifies_output();
  options_.precision = context.precision;
  uses_running_statistics_ = context.phase == TEST;
  RETURN_IF_ERROR(CheckOptions(inputs));
  options_.num = shape.num();
  options_.channels = shape.channels();
  options_.height = shape.dim(2);
  options_.width = shape.dim(3);
  ASSIGN_OR_RETURN(kernel_, make_kernel_(options_, *context.device));
  return MakePlan(context);
}

LayerPlan FusedConvolutionLayer::MakePlan(const PlanContext& context) {
  const ConvolutionParameter& convolution = parameter_.convolution();
  const int64_t outputs = options_.num_output, channels = options_.channels;
  LayerPlan plan;
  plan.outputs = {
      Shape({options_.num, outputs, options_.output_h(), options_.output_w()})};
  if (options_.has_statistics) plan.outputs.push_back(Shape({1, outputs, 2}));
  plan.parameters = {
      {"weight", Shape({outputs, channels, options_.kernel, options_.kernel}),
       convolution.has_weight_filler() ? convolution.weight_filler()
                                       : DefaultWeightFiller(),
       ParameterPlan::Kind::kLearned}};
  if (options_.normalizes) {
    for (ParameterPlan& norm :
         PlanBatchNormParameters(parameter_.batch_norm(), channels)) {
      plan.parameters.push_back(std::move(norm));
    }
    plan.saved_bytes = {FusedNormSavedBytes(channels)};
  }
  first_output_norm_parameter_ = plan.parameters.size();
  if (options_.shifts_output) {
    for (ParameterPlan& norm :
         PlanBatchNormParameters(parameter_.output_norm(), outputs)) {
      plan.parameters.push_back(std::move(norm));
    }
  }
  if (options_.gathers) plan.num_differentiable_inputs = 0;
  plan.forward_workspace_bytes = kernel_->forward_workspace_bytes();
  plan.backward_workspace_bytes = kernel_->backward_workspace_bytes();
  // The output's own statistics need it in backward.
  plan.backward_reads_outputs = finishes_gradient() && context.phase == TRAIN;
  plan.forward_multiply_adds = options_.num * outputs * channels *
                               options_.taps() * options_.output_size();
  return plan;
}

bool FusedConvolutionLayer::finishes_gradient() const {
  return options_.has_statistics && !parameter_.output_gradient_is_finished();
}

DropoutMask FusedConvolutionLayer::MaskOf(const StepContext& step) const {
  DropoutMask mask;
  if (!options_.drops) return mask;
  const DropoutParameter& dropout = parameter_.dropout();
  mask.key = DeriveKey(step.seed, parameter_.dropout_name());
  mask.step = step.step;
  mask.threshold = DropoutThreshold(dropout.dropout_ratio());
  mask.kept = dropout.scale_train() ? 1 / (1 - dropout.dropout_ratio()) : 1;
  return mask;
}

void FusedConvolutionLayer::Forward(const ForwardArgs& args) {
  FusedConvolutionForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  if (options_.normalizes) {
    kernel_args.norm =
        InputNormArgs(parameter_.batch_norm(), kFirstNormParameter, args);
  }
  kernel_args.w = args.parameters[0].data;
  kernel_args.y = args.outputs[0].strided();
  kernel_args.dropout = MaskOf(args.step);
  if (options_.shifts_output) {
    kernel_args.output_norm =
        RunningNormArgs(parameter_.output_norm(),
                        args.parameters.subspan(first_output_norm_parameter_));
  }
  if (options_.has_statistics) kernel_args.statistics = args.outputs[1].data;
  kernel_args.workspace = args.workspace;
  kernel_->Forward(kernel_args);
}

void FusedConvolutionLayer::Backward(const BackwardArgs& args) {
  FusedConvolutionBackwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  if (options_.normalizes) {
    kernel_args.norm = InputNormGradArgs(kFirstNormParameter, args);
  }
  kernel_args.w = args.parameters[0].data;
  if (finishes_gradient()) {
    kernel_args.y = args.outputs[0].strided();
    kernel_args.finishing =
        OutputFinishingArgs(parameter_.statistics_eps(), args);
  }
  kernel_args.g = args.output_grads[0].strided();
  kernel_args.dropout = MaskOf(args.step);
  kernel_args.dx = args.input_grads[0].strided();
  kernel_args.dx_mode = args.input_grad_modes[0];
  kernel_args.dw = args.parameter_grads[0].data;
  kernel_args.dw_mode = args.parameter_grad_modes[0];
  kernel_args.workspace = args.workspace;
  kernel_->Backward(kernel_args);
}

}  // namespace tamp
