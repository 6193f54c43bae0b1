#include "layers/dense_convolution/dense_convolution_layer.h"

#include <cmath>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/bf16.h"
#include "core/buffer.h"
#include "core/rng.h"
#include "core/shared_statistics.h"
#include "core/status_macros.h"
#include "layers/arity.h"
#include "layers/batch_norm_parameters.h"

namespace tamp {
namespace {

constexpr int64_t kFloatBytes = sizeof(float);

FillerParameter DefaultWeightFiller() {
  FillerParameter filler;
  filler.set_type("xavier");
  return filler;
}

void AddTo(GradMode mode, double value, float* destination) {
  if (mode == GradMode::kSkip) return;
  StoreGrad(mode, static_cast<float>(value), destination);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> DenseConvolutionLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 2}, {1, 2}));
  const DenseConvolutionParameter& dense = parameter.dense_convolution_param();
  if (dense.convolution().num_output() == 0 ||
      dense.convolution().kernel_size_size() == 0) {
    return absl::InvalidArgumentError(
        "needs a convolution with num_output and kernel_size");
  }
  return absl::WrapUnique<Layer>(new DenseConvolutionLayer(dense, make_kernel));
}

absl::Status DenseConvolutionLayer::CheckOptions(
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
        options_.stride, ": cannot normalise or pool before it"));
  }
  if (options_.shifts_output && !uses_running_statistics_) {
    return absl::InvalidArgumentError(
        "normalises its output with running statistics: in phase TEST only");
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

absl::StatusOr<LayerPlan> DenseConvolutionLayer::Plan(
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
  kernel_ = make_kernel_(options_, *context.device);
  return MakePlan(context);
}

LayerPlan DenseConvolutionLayer::MakePlan(const PlanContext& context) const {
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
    plan.saved_bytes = {4 * channels * kFloatBytes};
  }
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
  plan.backward_reads_outputs =
      options_.has_statistics && context.phase == TRAIN;
  plan.forward_multiply_adds = options_.num * outputs * channels *
                               options_.taps() * options_.output_size();
  return plan;
}

int64_t DenseConvolutionLayer::output_count() const {
  return options_.num * options_.output_size();
}

DropoutMask DenseConvolutionLayer::MaskOf(const StepContext& step) const {
  DropoutMask mask;
  if (!options_.drops) return mask;
  const DropoutParameter& dropout = parameter_.dropout();
  mask.key = DeriveKey(step.seed, parameter_.dropout_name());
  mask.step = step.step;
  mask.threshold = DropoutThreshold(dropout.dropout_ratio());
  mask.kept = dropout.scale_train() ? 1 / (1 - dropout.dropout_ratio()) : 1;
  return mask;
}

DenseConvolutionLayer::InputTerms DenseConvolutionLayer::TermsAt(
    void* saved) const {
  float* const terms = static_cast<float*>(saved);
  const int64_t channels = options_.channels;
  return {terms, terms + channels, terms + 2 * channels, terms + 3 * channels};
}

int64_t DenseConvolutionLayer::weight_count() const {
  return options_.num_output * options_.channels * options_.taps();
}

int64_t DenseConvolutionLayer::scratch_bytes() const {
  int64_t floats = 3 * options_.num_output + 2 * options_.channels;
  if (options_.shifts_output) floats += options_.num_output + weight_count();
  const int64_t bytes = floats * kFloatBytes;
  constexpr int64_t kLine = Buffer::kAlignment;
  return (bytes + kLine - 1) / kLine * kLine;
}

DenseConvolutionLayer::Scratch DenseConvolutionLayer::ScratchAt(
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

void DenseConvolutionLayer::NormaliseInput(const ForwardArgs& args) const {
  const BatchNormParameter& norm = parameter_.batch_norm();
  const InputTerms terms = TermsAt(args.saved[0]);
  const float* gamma = args.parameters[1].data;
  const float* beta = args.parameters[2].data;
  float* running_mean = args.parameters[3].data;
  float* running_variance = args.parameters[4].data;
  const double count =
      double(options_.num) * double(options_.height * options_.width);
  for (int64_t c = 0; c < options_.channels; ++c) {
    double mean = running_mean[c], variance = running_variance[c];
    if (!uses_running_statistics_) {
      mean = args.inputs[1].data[2 * c];
      variance = args.inputs[1].data[2 * c + 1];
      if (!args.is_recomputation) {
        UpdateRunningStatistics(norm.moving_average_fraction(), count, mean,
                                variance, running_mean + c,
                                running_variance + c);
      }
    }
    const NormTerms channel =
        NormTermsOf(mean, variance, norm.eps(), gamma[c], beta[c]);
    terms.scale[c] = static_cast<float>(channel.scale);
    terms.shift[c] = static_cast<float>(channel.shift);
    terms.mean[c] = static_cast<float>(mean);
    terms.inv_std[c] = static_cast<float>(1 / std::sqrt(variance + norm.eps()));
  }
}

// The scale of a batch norm behind the convolution goes into the weight.
void DenseConvolutionLayer::NormaliseOutput(const ForwardArgs& args,
                                            const Scratch& scratch) const {
  const View* norm = args.parameters.end() - 4;
  const int64_t count = weight_count() / options_.num_output;
  const float* weight = args.parameters[0].data;
  for (int64_t k = 0; k < options_.num_output; ++k) {
    const NormTerms terms = NormTermsOf(norm[2].data[k], norm[3].data[k],
                                        parameter_.output_norm().eps(),
                                        norm[0].data[k], norm[1].data[k]);
    scratch.y_shift[k] = static_cast<float>(terms.shift);
    for (int64_t i = k * count; i < (k + 1) * count; ++i) {
      scratch.scaled_weight[i] = static_cast<float>(terms.scale * weight[i]);
    }
  }
}

void DenseConvolutionLayer::Forward(const ForwardArgs& args) {
  DenseConvolutionForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  if (options_.normalizes) {
    NormaliseInput(args);
    const InputTerms terms = TermsAt(args.saved[0]);
    kernel_args.scale = terms.scale;
    kernel_args.shift = terms.shift;
  }
  kernel_args.w = args.parameters[0].data;
  kernel_args.y = args.outputs[0].strided();
  kernel_args.dropout = MaskOf(args.step);
  const Scratch scratch = ScratchAt(args.workspace);
  if (options_.shifts_output) {
    NormaliseOutput(args, scratch);
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

void DenseConvolutionLayer::FinishOutputGradient(const BackwardArgs& args,
                                                 const Scratch& scratch) const {
  const float* statistics = args.outputs[1].data;
  const float* sums = args.output_grads[1].data;
  for (int64_t k = 0; k < options_.num_output; ++k) {
    const GradientTerms terms = GradientTermsOf(
        statistics[2 * k], statistics[2 * k + 1], parameter_.statistics_eps(),
        sums[2 * k], sums[2 * k + 1], static_cast<double>(output_count()));
    scratch.p[k] = static_cast<float>(terms.p);
    scratch.q[k] = static_cast<float>(terms.q);
    scratch.r[k] = static_cast<float>(terms.r);
  }
}

void DenseConvolutionLayer::AddInputSums(const BackwardArgs& args,
                                         const Scratch& scratch) const {
  const float* gamma = args.parameters[1].data;
  const GradMode sums_mode = args.input_grad_modes[1];
  for (int64_t c = 0; c < options_.channels; ++c) {
    AddTo(args.parameter_grad_modes[1], scratch.dgamma[c],
          args.parameter_grads[1].data + c);
    AddTo(args.parameter_grad_modes[2], scratch.dbeta[c],
          args.parameter_grads[2].data + c);
    if (sums_mode == GradMode::kSkip) continue;
    float* const sums = args.input_grads[1].data + 2 * c;
    AddTo(sums_mode, double{gamma[c]} * scratch.dbeta[c], sums);
    AddTo(sums_mode, double{gamma[c]} * scratch.dgamma[c], sums + 1);
  }
}

void DenseConvolutionLayer::Backward(const BackwardArgs& args) {
  const Scratch scratch = ScratchAt(args.workspace);
  DenseConvolutionBackwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  if (options_.normalizes) {
    const InputTerms terms = TermsAt(args.saved[0]);
    kernel_args.scale = terms.scale;
    kernel_args.shift = terms.shift;
    kernel_args.mean = terms.mean;
    kernel_args.inv_std = terms.inv_std;
    kernel_args.gamma = args.parameters[1].data;
    kernel_args.dgamma = scratch.dgamma;
    kernel_args.dbeta = scratch.dbeta;
  }
  kernel_args.w = args.parameters[0].data;
  if (options_.has_statistics) {
    FinishOutputGradient(args, scratch);
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
  if (options_.normalizes) AddInputSums(args, scratch);
}

}  // namespace tamp
