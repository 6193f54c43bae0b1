#include "layers/fused_convolution/fused_convolution_layer.h"

#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/device/buffer.h"
#include "core/rng.h"
#include "core/status_macros.h"
#include "kernels/bf16.h"
#include "kernels/shared_statistics.h"
#include "layers/arity.h"
#include "layers/batch_norm_parameters.h"
#include "layers/fused_batch_norm.h"

namespace tamp {
namespace {

constexpr int64_t kFloatBytes = sizeof(float);

FillerParameter DefaultWeightFiller() {
  FillerParameter filler;
  filler.set_type("xavier");
  return filler;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> FusedConvolutionLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 2}, {1, 2}));
  const FusedConvolutionParameter& dense = parameter.fused_convolution_param();
  if (dense.convolution().num_output() == 0 ||
      dense.convolution().kernel_size_size() == 0) {
    return absl::InvalidArgumentError(
        "needs a convolution with num_output and kernel_size");
  }
  return absl::WrapUnique<Layer>(new FusedConvolutionLayer(dense, make_kernel));
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
  options_.precision = context.compute == NetParameter::BF16
                           ? ProductPrecision::kBf16
                           : ProductPrecision::kFloat32;
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
    plan.saved_bytes = {FusedNormTerms::Bytes(channels)};
  }
  first_output_norm_parameter_ = plan.parameters.size();
  if (options_.shifts_output) {
    for (ParameterPlan& norm :
         PlanBatchNormParameters(parameter_.output_norm(), outputs)) {
      plan.parameters.push_back(std::move(norm));
    }
  }
  if (options_.gathers) plan.num_differentiable_inputs = 0;
  plan.forward_workspace_bytes =
      scratch_bytes() + kernel_->forward_workspace_bytes();
  plan.backward_workspace_bytes =
      scratch_bytes() + kernel_->backward_workspace_bytes();
  // The output's own statistics need it in backward.
  plan.backward_reads_outputs = finishes_gradient() && context.phase == TRAIN;
  plan.forward_multiply_adds = options_.num * outputs * channels *
                               options_.taps() * options_.output_size();
  return plan;
}

bool FusedConvolutionLayer::finishes_gradient() const {
  return options_.has_statistics && !parameter_.output_gradient_is_finished();
}

int64_t FusedConvolutionLayer::output_count() const {
  return options_.num * options_.output_size();
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

FusedNormTerms FusedConvolutionLayer::TermsAt(void* saved) const {
  return FusedNormTerms::At(saved, options_.channels);
}

int64_t FusedConvolutionLayer::weight_count() const {
  return options_.num_output * options_.channels * options_.taps();
}

int64_t FusedConvolutionLayer::scratch_bytes() const {
  int64_t floats = 3 * options_.num_output + 2 * options_.channels;
  if (options_.shifts_output) floats += options_.num_output + weight_count();
  const int64_t bytes = floats * kFloatBytes;
  constexpr int64_t kLine = Buffer::kAlignment;
  return (bytes + kLine - 1) / kLine * kLine;
}

FusedConvolutionLayer::Scratch FusedConvolutionLayer::ScratchAt(
    void* workspace) const {
  float* const p = static_cast<float*>(workspace);
  float* const dgamma = p + 3 * options_.num_output;
  float* const y_shift = dgamma + 2 * options_.channels;
  return {p,
          p + options_.num_output,
          p + 2 * options_.num_output,
          dgamma,
          dgamma + options_.channels,
          y_shift,
          y_shift + options_.num_output,
          static_cast<char*>(workspace) + scratch_bytes()};
}

void FusedConvolutionLayer::NormalizeInput(const ForwardArgs& args) const {
  FusedNormInput input;
  input.channels = options_.channels;
  input.count = options_.num * options_.height * options_.width;
  if (!uses_running_statistics_) input.statistics = args.inputs[1].data;
  input.is_recomputation = args.is_recomputation;
  PrepareFusedNorm(parameter_.batch_norm(), input, args.parameters.subspan(1),
                   TermsAt(args.saved[0]));
}

// The scale of a batch norm behind the convolution goes into the weight.
void FusedConvolutionLayer::NormalizeOutput(const ForwardArgs& args,
                                            const Scratch& scratch) const {
  const BatchNormParameter& parameter = parameter_.output_norm();
  const BatchNormArrays norm = BatchNormArraysOf(
      parameter, args.parameters.subspan(first_output_norm_parameter_));
  const int64_t count = weight_count() / options_.num_output;
  const float* weight = args.parameters[0].data;
  for (int64_t k = 0; k < options_.num_output; ++k) {
    const NormTerms terms =
        NormTermsOf(norm.running_mean[k], norm.running_variance[k],
                    parameter.eps(), norm.gamma[k], norm.beta[k]);
    scratch.y_shift[k] = static_cast<float>(terms.shift);
    for (int64_t i = k * count; i < (k + 1) * count; ++i) {
      scratch.scaled_weight[i] = static_cast<float>(terms.scale * weight[i]);
    }
  }
}

void FusedConvolutionLayer::Forward(const ForwardArgs& args) {
  FusedConvolutionForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  if (options_.normalizes) {
    NormalizeInput(args);
    const FusedNormTerms terms = TermsAt(args.saved[0]);
    kernel_args.scale = terms.scale;
    kernel_args.shift = terms.shift;
  }
  kernel_args.w = args.parameters[0].data;
  kernel_args.y = args.outputs[0].strided();
  kernel_args.dropout = MaskOf(args.step);
  const Scratch scratch = ScratchAt(args.workspace);
  if (options_.shifts_output) {
    NormalizeOutput(args, scratch);
    kernel_args.w = scratch.scaled_weight;
    kernel_args.y_shift = scratch.y_shift;
  }
  kernel_args.mean = scratch.p;
  kernel_args.variance = scratch.q;
  kernel_args.workspace = scratch.kernel;
  kernel_->Forward(kernel_args);
  if (!options_.has_statistics) return;
  for (int64_t k = 0; k < options_.num_output; ++k) {
    args.outputs[1].data[2 * k] = scratch.p[k];
    args.outputs[1].data[2 * k + 1] = scratch.q[k];
  }
}

// Of the parameters, or of the statistics of an input that has a gradient.
bool FusedConvolutionLayer::WantsNormGrads(const BackwardArgs& args) const {
  return args.parameter_grad_modes[1] != GradMode::kSkip ||
         args.parameter_grad_modes[2] != GradMode::kSkip ||
         args.input_grad_modes[0] != GradMode::kSkip ||
         args.input_grad_modes[1] != GradMode::kSkip;
}

void FusedConvolutionLayer::AddInputSums(const BackwardArgs& args,
                                         const Scratch& scratch) const {
  FusedNormGrads grads;
  grads.dgamma = args.parameter_grads[1].data;
  grads.dgamma_mode = args.parameter_grad_modes[1];
  grads.dbeta = args.parameter_grads[2].data;
  grads.dbeta_mode = args.parameter_grad_modes[2];
  grads.sums = args.input_grads[1].data;
  grads.sums_mode = args.input_grad_modes[1];
  StoreFusedNormGrads(options_.channels, args.parameters[1].data,
                      scratch.dgamma, scratch.dbeta, grads);
}

void FusedConvolutionLayer::Backward(const BackwardArgs& args) {
  const Scratch scratch = ScratchAt(args.workspace);
  FusedConvolutionBackwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  if (options_.normalizes) {
    const FusedNormTerms terms = TermsAt(args.saved[0]);
    kernel_args.scale = terms.scale;
    kernel_args.shift = terms.shift;
    kernel_args.mean = terms.mean;
    kernel_args.inv_std = terms.inv_std;
    kernel_args.gamma = args.parameters[1].data;
    if (WantsNormGrads(args)) {
      kernel_args.dgamma = scratch.dgamma;
      kernel_args.dbeta = scratch.dbeta;
    }
  }
  kernel_args.w = args.parameters[0].data;
  if (finishes_gradient()) {
    PrepareFinishing(args.outputs[1].data, args.output_grads[1].data,
                     parameter_.statistics_eps(), options_.num_output,
                     output_count(), {scratch.p, scratch.q, scratch.r});
    kernel_args.y = args.outputs[0].strided();
    kernel_args.p = scratch.p;
    kernel_args.q = scratch.q;
    kernel_args.r = scratch.r;
  }
  kernel_args.g = args.output_grads[0].strided();
  kernel_args.dropout = MaskOf(args.step);
  kernel_args.dx = args.input_grads[0].strided();
  kernel_args.dx_mode = args.input_grad_modes[0];
  kernel_args.dw = args.parameter_grads[0].data;
  kernel_args.dw_mode = args.parameter_grad_modes[0];
  kernel_args.workspace = scratch.kernel;
  kernel_->Backward(kernel_args);
  if (kernel_args.dgamma != nullptr) AddInputSums(args, scratch);
}

}  // namespace tamp
