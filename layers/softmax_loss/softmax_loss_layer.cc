#include "layers/softmax_loss/softmax_loss_layer.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "kernels/lines_along.h"
#include "layers/options/arity.h"

namespace tamp {
namespace {

LossParameter::NormalizationMode ModeOf(const LossParameter& loss) {
  if (loss.has_normalization() || !loss.has_normalize()) {
    return loss.normalization();
  }
  return loss.normalize() ? LossParameter::VALID : LossParameter::BATCH_SIZE;
}

// Caffe's definitions; 0 stands for the number of lines not ignored.
double FixedNormalizer(LossParameter::NormalizationMode mode,
                       const Shape& scores, int axis) {
  switch (mode) {
    case LossParameter::FULL:
      return static_cast<double>(scores.num_elements() / scores.dim(axis));
    case LossParameter::BATCH_SIZE:
      return static_cast<double>(scores.count(0, axis));
    case LossParameter::NONE:
      return 1;
    case LossParameter::VALID:
      break;
  }
  return 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> SoftmaxLossLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {2, 2}, {1, 2}));
  const float smoothing = parameter.loss_param().label_smoothing();
  if (!(smoothing >= 0 && smoothing < 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "label_smoothing is ", smoothing, ", it must be in [0, 1)"));
  }
  return absl::WrapUnique<Layer>(new SoftmaxLossLayer(parameter, make_kernel));
}

absl::StatusOr<LayerPlan> SoftmaxLossLayer::Plan(absl::Span<const Shape> inputs,
                                                 const PlanContext& context) {
  const Shape& scores = inputs[0];
  const Shape& labels = inputs[1];
  ASSIGN_OR_RETURN(const int axis,
                   scores.CanonicalAxis(parameter_.softmax_param().axis()));
  const LossParameter& loss = parameter_.loss_param();
  SoftmaxLossOptions options;
  options.lines = LinesAlong(scores, axis);
  if (labels.num_elements() != options.lines.count()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "bottom \"", parameter_.bottom(1), "\" has ", labels.num_elements(),
        " labels, bottom \"", parameter_.bottom(0), "\" of shape ",
        scores.ToString(), " needs ", options.lines.count()));
  }
  options.labels = {labels.num(), labels.channels(), labels.spatial()};
  options.has_ignore_label = loss.has_ignore_label();
  options.ignore_label = loss.ignore_label();
  options.label_smoothing = loss.label_smoothing();
  options.fixed_normalizer = FixedNormalizer(ModeOf(loss), scores, axis);
  ASSIGN_OR_RETURN(kernel_, make_kernel_(options, *context.device));

  LayerPlan plan;
  plan.outputs = {Shape()};
  if (parameter_.top_size() == 2) plan.outputs.push_back(scores);
  plan.saved_bytes = {scores.num_elements() *
                      static_cast<int64_t>(sizeof(float))};
  plan.forward_workspace_bytes = kernel_->forward_workspace_bytes();
  plan.num_differentiable_inputs = 1;
  plan.is_loss = true;
  plan.num_mean_outputs = ModeOf(loss) == LossParameter::NONE ? 0 : 1;
  return plan;
}

void SoftmaxLossLayer::Forward(const ForwardArgs& args) {
  SoftmaxLossForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.labels = args.inputs[1].strided();
  kernel_args.loss = args.outputs[0].data;
  kernel_args.probabilities = static_cast<float*>(args.saved[0]);
  if (args.outputs.size() == 2) kernel_args.y = args.outputs[1].strided();
  if (!args.counts.empty()) kernel_args.count = args.counts[0].data;
  kernel_args.workspace = args.workspace;
  kernel_->Forward(kernel_args);
}

void SoftmaxLossLayer::Backward(const BackwardArgs& args) {
  SoftmaxLossBackwardArgs<float> kernel_args;
  kernel_args.labels = args.inputs[1].strided();
  kernel_args.probabilities = static_cast<const float*>(args.saved[0]);
  kernel_args.dloss = args.output_grads[0].data;
  if (args.output_grads.size() == 2) {
    kernel_args.dy = args.output_grads[1].strided();
  }
  kernel_args.dx = args.input_grads[0].strided();
  kernel_args.dx_mode = args.input_grad_modes[0];
  kernel_->Backward(kernel_args);
}

}  // namespace tamp
