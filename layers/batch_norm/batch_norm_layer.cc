#include "layers/batch_norm/batch_norm_layer.h"

#include <cstdint>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/shape.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"
#include "layers/options/batch_norm_parameters.h"

namespace tamp {
namespace {

absl::Status CheckCount(const BatchNormOptions& options, const Shape& shape) {
  if (options.use_global_stats || options.num * options.spatial > 1) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "bottom 0 of shape ", shape.ToString(),
      " has one value a channel, which less its own mean is always 0: nothing "
      "of it would be left; use a larger batch, or use_global_stats: true"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> BatchNormLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, 1}));
  const BatchNormParameter& batch_norm = parameter.batch_norm_param();
  const float eps = batch_norm.eps();
  if (!(eps > 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("eps is ", eps, ", it must be more than 0"));
  }
  const float fraction = batch_norm.moving_average_fraction();
  if (!(fraction >= 0 && fraction <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "moving_average_fraction is ", fraction, ", it must be in 0 to 1"));
  }
  if (!batch_norm.scale_bias() &&
      (batch_norm.has_scale_filler() || batch_norm.has_bias_filler())) {
    return absl::InvalidArgumentError(
        "scale_filler and bias_filler are of gamma and beta, which it has only "
        "with scale_bias: true");
  }
  return absl::WrapUnique<Layer>(new BatchNormLayer(batch_norm, make_kernel));
}

absl::StatusOr<LayerPlan> BatchNormLayer::Plan(absl::Span<const Shape> inputs,
                                               const PlanContext& context) {
  const Shape& shape = inputs[0];
  BatchNormOptions options;
  options.num = shape.num();
  options.channels = shape.channels();
  options.spatial = shape.spatial();
  options.eps = parameter_.eps();
  options.moving_average_fraction = parameter_.moving_average_fraction();
  options.use_global_stats = parameter_.has_use_global_stats()
                                 ? parameter_.use_global_stats()
                                 : context.phase == TEST;
  options.update_running_stats =
      context.phase == TRAIN && !options.use_global_stats;
  RETURN_IF_ERROR(CheckCount(options, shape));
  ASSIGN_OR_RETURN(kernel_, make_kernel_(options, *context.device));

  LayerPlan plan;
  plan.outputs = {shape};
  plan.parameters = PlanBatchNormParameters(parameter_, shape.channels());
  const int64_t channel_bytes = shape.channels() * sizeof(float);
  plan.saved_bytes = {channel_bytes, channel_bytes};  // mean, inv_std
  plan.can_run_in_place = true;
  plan.can_run_backward_in_place = true;
  return plan;
}

void BatchNormLayer::Forward(const ForwardArgs& args) {
  const BatchNormArrays norm = BatchNormArraysOf(parameter_, args.parameters);
  BatchNormForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.gamma = norm.gamma;
  kernel_args.beta = norm.beta;
  kernel_args.running_mean = norm.running_mean;
  kernel_args.running_variance = norm.running_variance;
  kernel_args.running_weight = norm.running_weight;
  kernel_args.is_recomputation = args.is_recomputation;
  kernel_args.mean = static_cast<float*>(args.saved[0]);
  kernel_args.inv_std = static_cast<float*>(args.saved[1]);
  kernel_args.y = args.outputs[0].strided();
  kernel_->Forward(kernel_args);
}

void BatchNormLayer::Backward(const BackwardArgs& args) {
  BatchNormBackwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.mean = static_cast<const float*>(args.saved[0]);
  kernel_args.inv_std = static_cast<const float*>(args.saved[1]);
  kernel_args.dy = args.output_grads[0].strided();
  kernel_args.dx = args.input_grads[0].strided();
  kernel_args.dx_mode = args.input_grad_modes[0];
  if (parameter_.scale_bias()) {
    kernel_args.gamma = args.parameters[0].data;
    kernel_args.dgamma = args.parameter_grads[0].data;
    kernel_args.dgamma_mode = args.parameter_grad_modes[0];
    kernel_args.dbeta = args.parameter_grads[1].data;
    kernel_args.dbeta_mode = args.parameter_grad_modes[1];
  }
  kernel_->Backward(kernel_args);
}

}  // namespace tamp
