#include "layers/fused_pooling/fused_pooling_layer.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"
#include "layers/options/batch_norm_parameters.h"
#include "layers/options/fused_batch_norm.h"
#include "layers/options/pooling_axes.h"

namespace tamp {
namespace {

using Method = FusedPoolingOptions::Method;

bool IsWhole(const PoolingAxis& axis) {
  return axis.kernel == axis.extent && axis.pad == 0;
}

// Kernels take the sizes on trust, so what memory depends on is checked here.
bool IsPossible(const PoolingAxis& axis) {
  return axis.kernel >= 1 && axis.stride >= 1 && axis.stride <= axis.kernel &&
         axis.pad < axis.kernel && axis.kernel <= axis.extent + 2 * axis.pad;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> FusedPoolingLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 2}, {1, 2}));
  const FusedPoolingParameter& fused = parameter.fused_pooling_param();
  if (fused.pooling().pool() == PoolingParameter::STOCHASTIC) {
    return absl::InvalidArgumentError(
        "pool STOCHASTIC is not supported, only MAX and AVE");
  }
  if (!fused.batch_norm().scale_bias()) {
    return absl::InvalidArgumentError("needs a batch_norm with scale_bias");
  }
  return absl::WrapUnique<Layer>(new FusedPoolingLayer(fused, make_kernel));
}

absl::Status FusedPoolingLayer::CheckInputs(
    absl::Span<const Shape> inputs) const {
  const Shape& shape = inputs[0];
  if (shape.rank() != 4) {
    return absl::InvalidArgumentError(
        absl::StrCat("needs images of 4 axes, not ", shape.ToString()));
  }
  const size_t wanted = uses_running_statistics_ ? 1 : 2;
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

absl::Status FusedPoolingLayer::CheckWindows() const {
  const PoolingAxis &h = options_.height, &w = options_.width;
  if (options_.method == Method::kAverage && !(IsWhole(h) && IsWhole(w))) {
    return absl::InvalidArgumentError("AVE must be over whole maps");
  }
  if (options_.method == Method::kMax && !(IsPossible(h) && IsPossible(w))) {
    return absl::InvalidArgumentError(
        "windows do not fit in the input, or leave gaps");
  }
  return absl::OkStatus();
}

absl::StatusOr<LayerPlan> FusedPoolingLayer::Plan(
    absl::Span<const Shape> inputs, const PlanContext& context) {
  const Shape& shape = inputs[0];
  uses_running_statistics_ = context.phase == TEST;
  RETURN_IF_ERROR(CheckInputs(inputs));
  const PoolingParameter& pooling = parameter_.pooling();
  const PoolingAxes axes = PoolingAxesOf(pooling, shape.dim(2), shape.dim(3));
  options_.method =
      pooling.pool() == PoolingParameter::AVE ? Method::kAverage : Method::kMax;
  options_.num = shape.num();
  options_.channels = shape.channels();
  options_.height = axes.height;
  options_.width = axes.width;
  options_.has_statistics = parameter_.has_statistics_eps();
  options_.finishes_input =
      parameter_.finishes_input_gradient() && !uses_running_statistics_;
  RETURN_IF_ERROR(CheckWindows());
  ASSIGN_OR_RETURN(kernel_, make_kernel_(options_, *context.device));
  LayerPlan plan;
  plan.outputs = {
      Shape({options_.num, options_.channels, options_.height.num_windows(),
             options_.width.num_windows()})};
  if (options_.has_statistics) {
    plan.outputs.push_back(Shape({1, options_.channels, 2}));
  }
  plan.parameters =
      PlanBatchNormParameters(parameter_.batch_norm(), options_.channels);
  plan.saved_bytes = {FusedNormSavedBytes(options_.channels)};
  plan.forward_workspace_bytes = kernel_->forward_workspace_bytes();
  plan.backward_workspace_bytes = kernel_->backward_workspace_bytes();
  // The output's own statistics need it in backward.
  plan.backward_reads_outputs =
      options_.has_statistics && context.phase == TRAIN;
  plan.can_write_gradient_over_input = options_.finishes_input;
  return plan;
}

void FusedPoolingLayer::Forward(const ForwardArgs& args) {
  FusedPoolingForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.norm = InputNormArgs(parameter_.batch_norm(), 0, args);
  kernel_args.y = args.outputs[0].strided();
  if (options_.has_statistics) kernel_args.statistics = args.outputs[1].data;
  kernel_args.workspace = args.workspace;
  kernel_->Forward(kernel_args);
}

void FusedPoolingLayer::Backward(const BackwardArgs& args) {
  FusedPoolingBackwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.norm = InputNormGradArgs(0, args);
  kernel_args.g = args.output_grads[0].strided();
  if (options_.has_statistics) {
    kernel_args.y = args.outputs[0].strided();
    kernel_args.finishing =
        OutputFinishingArgs(parameter_.statistics_eps(), args);
  }
  kernel_args.dx = args.input_grads[0].strided();
  kernel_args.dx_mode = args.input_grad_modes[0];
  kernel_args.workspace = args.workspace;
  kernel_->Backward(kernel_args);
}

}  // namespace tamp
