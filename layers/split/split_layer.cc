#include "layers/split/split_layer.h"

#include "absl/memory/memory.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> SplitLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, Arity::kAny}));
  return absl::WrapUnique<Layer>(
      new SplitLayer(parameter.top_size(), make_kernel));
}

absl::StatusOr<LayerPlan> SplitLayer::Plan(absl::Span<const Shape> inputs,
                                           const PlanContext& context) {
  const Shape& shape = inputs[0];
  whole_ = {shape.num(),     shape.channels(), 1,
            shape.spatial(), shape.spatial(),  shape.spatial()};
  ASSIGN_OR_RETURN(kernel_, make_kernel_(*context.device));
  LayerPlan plan;
  plan.outputs.assign(num_tops_, shape);
  plan.can_run_in_place = true;
  plan.can_run_backward_in_place = true;
  plan.backward_reads_inputs = false;
  return plan;
}

void SplitLayer::Forward(const ForwardArgs& args) {
  for (const View& output : args.outputs) {
    kernel_->Copy(whole_, args.inputs[0].strided(), output.strided(),
                  GradMode::kWrite);
  }
}

void SplitLayer::Backward(const BackwardArgs& args) {
  const Strided<float> dx = args.input_grads[0].strided();
  GradMode mode = args.input_grad_modes[0];
  if (mode == GradMode::kSkip) return;
  for (const ConstView& output_grad : args.output_grads) {
    if (output_grad.data == nullptr) continue;  // a top that the loss ignores
    kernel_->Copy(whole_, output_grad.strided(), dx, mode);
    mode = GradMode::kAdd;
  }
}

}  // namespace tamp
