#include "layers/fused_pooling/fused_pooling_layer.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/device/buffer.h"
#include "core/status_macros.h"
#include "layers/arity.h"
#include "layers/batch_norm_parameters.h"
#include "layers/fused_batch_norm.h"
#include "layers/pooling_axes.h"

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
  const FusedPoolingParameter& dense = parameter.fused_pooling_param();
  if (dense.pooling().pool() == PoolingParameter::STOCHASTIC) {
    return absl::InvalidArgumentError(
        "pool STOCHASTIC is not supported, only MAX and AVE");
  }
  if (!dense.batch_norm().scale_bias()) {
    return absl::InvalidArgumentError("needs a batch_norm with scale_bias");
  }
  return absl::WrapUnique<Layer>(new FusedPoolingLayer(dense, make_kernel));
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
  plan.saved_bytes = {FusedNormTerms::Bytes(options_.channels)};
  plan.forward_workspace_bytes =
      scratch_bytes() + kernel_->forward_workspace_bytes();
  plan.backward_workspace_bytes =
      scratch_bytes() + kernel_->backward_workspace_bytes();
  // The output's own statistics need it in backward.
  plan.backward_reads_outputs =
      options_.has_statistics && context.phase == TRAIN;
  plan.can_write_gradient_over_input = options_.finishes_input;
  return plan;
}

int64_t FusedPoolingLayer::scratch_bytes() const {
  const int64_t bytes = 5 * options_.channels * int64_t{sizeof(float)};
  constexpr int64_t kLine = Buffer::kAlignment;
  return (bytes + kLine - 1) / kLine * kLine;
}

FusedPoolingLayer::Scratch FusedPoolingLayer::ScratchAt(void* workspace) const {
  float* const p = static_cast<float*>(workspace);
  const int64_t channels = options_.channels;
  return {p,
          p + channels,
          p + 2 * channels,
          p + 3 * channels,
          p + 4 * channels,
          static_cast<char*>(workspace) + scratch_bytes()};
}

void FusedPoolingLayer::Forward(const ForwardArgs& args) {
  FusedNormInput input;
  input.channels = options_.channels;
  input.count = options_.num * options_.input_size();
  if (!uses_running_statistics_) input.statistics = args.inputs[1].data;
  input.is_recomputation = args.is_recomputation;
  const FusedNormTerms terms =
      FusedNormTerms::At(args.saved[0], options_.channels);
  PrepareFusedNorm(parameter_.batch_norm(), input, args.parameters, terms);

  const Scratch scratch = ScratchAt(args.workspace);
  FusedPoolingForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.scale = terms.scale;
  kernel_args.shift = terms.shift;
  kernel_args.y = args.outputs[0].strided();
  kernel_args.mean = scratch.p;
  kernel_args.variance = scratch.q;
  kernel_args.workspace = scratch.kernel;
  kernel_->Forward(kernel_args);
  if (!options_.has_statistics) return;
  for (int64_t c = 0; c < options_.channels; ++c) {
    args.outputs[1].data[2 * c] = scratch.p[c];
    args.outputs[1].data[2 * c + 1] = scratch.q[c];
  }
}

void FusedPoolingLayer::Backward(const BackwardArgs& args) {
  const Scratch scratch = ScratchAt(args.workspace);
  const FusedNormTerms terms =
      FusedNormTerms::At(args.saved[0], options_.channels);
  const float* gamma = args.parameters[0].data;
  FusedPoolingBackwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.scale = terms.scale;
  kernel_args.shift = terms.shift;
  kernel_args.gamma = gamma;
  kernel_args.mean = terms.mean;
  kernel_args.inv_std = terms.inv_std;
  kernel_args.g = args.output_grads[0].strided();
  if (options_.has_statistics) {
    PrepareFinishing(args.outputs[1].data, args.output_grads[1].data,
                     parameter_.statistics_eps(), options_.channels,
                     options_.num * options_.output_size(),
                     {scratch.p, scratch.q, scratch.r});
    kernel_args.y = args.outputs[0].strided();
    kernel_args.p = scratch.p;
    kernel_args.q = scratch.q;
    kernel_args.r = scratch.r;
  }
  kernel_args.dx = args.input_grads[0].strided();
  kernel_args.dx_mode = args.input_grad_modes[0];
  kernel_args.dgamma = scratch.dgamma;
  kernel_args.dbeta = scratch.dbeta;
  kernel_args.workspace = scratch.kernel;
  kernel_->Backward(kernel_args);

  FusedNormGrads grads;
  grads.dgamma = args.parameter_grads[0].data;
  grads.dgamma_mode = args.parameter_grad_modes[0];
  grads.dbeta = args.parameter_grads[1].data;
  grads.dbeta_mode = args.parameter_grad_modes[1];
  if (!uses_running_statistics_) {
    grads.sums = args.input_grads[1].data;
    grads.sums_mode = args.input_grad_modes[1];
  }
  StoreFusedNormGrads(options_.channels, gamma, scratch.dgamma, scratch.dbeta,
                      grads);
}

}  // namespace tamp
