#include "layers/accuracy/accuracy_layer.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "kernels/lines_along.h"
#include "layers/options/arity.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> AccuracyLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {2, 2}, {1, 2}));
  if (parameter.accuracy_param().top_k() == 0) {
    return absl::InvalidArgumentError("top_k is 0, it must be at least 1");
  }
  return absl::WrapUnique<Layer>(new AccuracyLayer(parameter, make_kernel));
}

absl::StatusOr<LayerPlan> AccuracyLayer::Plan(absl::Span<const Shape> inputs,
                                              const PlanContext& context) {
  const AccuracyParameter& accuracy = parameter_.accuracy_param();
  const Shape& scores = inputs[0];
  const Shape& labels = inputs[1];
  ASSIGN_OR_RETURN(const int axis, scores.CanonicalAxis(accuracy.axis()));
  AccuracyOptions options;
  options.lines = LinesAlong(scores, axis);
  options.labels = {labels.num(), labels.channels(), labels.spatial()};
  options.top_k = accuracy.top_k();
  options.has_ignore_label = accuracy.has_ignore_label();
  options.ignore_label = accuracy.ignore_label();
  if (labels.num_elements() != options.lines.count()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "bottom \"", parameter_.bottom(1), "\" has ", labels.num_elements(),
        " labels, bottom \"", parameter_.bottom(0), "\" of shape ",
        scores.ToString(), " needs ", options.lines.count()));
  }
  if (options.top_k > options.lines.length) {
    return absl::InvalidArgumentError(absl::StrCat(
        "top_k is ", options.top_k, ", bottom \"", parameter_.bottom(0),
        "\" has ", options.lines.length, " classes"));
  }
  ASSIGN_OR_RETURN(kernel_, make_kernel_(options, *context.device));

  LayerPlan plan;
  plan.outputs = {Shape()};
  if (parameter_.top_size() == 2)
    plan.outputs.push_back({options.lines.length});
  plan.num_mean_outputs = parameter_.top_size();
  plan.forward_workspace_bytes = kernel_->forward_workspace_bytes();
  plan.backward_reads_inputs = false;
  plan.num_differentiable_inputs = 0;
  return plan;
}

void AccuracyLayer::Forward(const ForwardArgs& args) {
  AccuracyForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.labels = args.inputs[1].strided();
  kernel_args.accuracy = args.outputs[0].data;
  kernel_args.count = args.counts[0].data;
  if (args.outputs.size() == 2) {
    kernel_args.class_accuracy = args.outputs[1].strided();
    kernel_args.class_counts = args.counts[1].data;
  }
  kernel_args.workspace = args.workspace;
  kernel_->Forward(kernel_args);
}

}  // namespace tamp
