#include "layers/dropout/dropout_layer.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/rng.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> DropoutLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, 1}));
  const float ratio = parameter.dropout_param().dropout_ratio();
  if (!(ratio >= 0 && ratio < 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("dropout_ratio is ", ratio, ", it must be in [0, 1)"));
  }
  return absl::WrapUnique<Layer>(new DropoutLayer(parameter, make_kernel));
}

absl::StatusOr<LayerPlan> DropoutLayer::Plan(absl::Span<const Shape> inputs,
                                             const PlanContext& context) {
  const Shape& shape = inputs[0];
  const bool training = context.phase == TRAIN;
  threshold_ = training ? DropoutThreshold(ratio_) : 0;
  // Scaled either in training or in testing.
  if (training) {
    kept_ = scale_train_ ? 1 / (1 - ratio_) : 1;
  } else {
    kept_ = scale_train_ ? 1 : 1 - ratio_;
  }
  ASSIGN_OR_RETURN(
      kernel_, make_kernel_({shape.num(), shape.channels(), shape.spatial()},
                            *context.device));
  LayerPlan plan;
  plan.outputs = {shape};
  plan.can_run_in_place = true;
  plan.can_run_backward_in_place = true;
  plan.backward_reads_inputs = false;
  return plan;
}

DropoutMask DropoutLayer::MaskOf(const StepContext& step) const {
  DropoutMask mask;
  mask.key = DeriveKey(step.seed, name_);
  mask.step = step.step;
  mask.threshold = threshold_;
  mask.kept = kept_;
  return mask;
}

void DropoutLayer::Forward(const ForwardArgs& args) {
  kernel_->Apply(
      MaskOf(args.step),
      {args.inputs[0].strided(), args.outputs[0].strided(), GradMode::kWrite});
}

void DropoutLayer::Backward(const BackwardArgs& args) {
  kernel_->Apply(MaskOf(args.step),
                 {args.output_grads[0].strided(), args.input_grads[0].strided(),
                  args.input_grad_modes[0]});
}

}  // namespace tamp
