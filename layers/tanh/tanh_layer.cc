#include "layers/tanh/tanh_layer.h"

#include "absl/memory/memory.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> TanhLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, 1}));
  return absl::WrapUnique<Layer>(new TanhLayer(make_kernel));
}

absl::StatusOr<LayerPlan> TanhLayer::Plan(absl::Span<const Shape> inputs,
                                          const PlanContext& context) {
  const Shape& shape = inputs[0];
  ASSIGN_OR_RETURN(
      kernel_, make_kernel_({{shape.num(), shape.channels(), shape.spatial()}},
                            *context.device));
  LayerPlan plan;
  plan.outputs = {shape};
  plan.can_run_in_place = true;
  plan.can_run_backward_in_place = true;
  plan.backward_reads_inputs = false;
  plan.backward_reads_outputs = true;
  return plan;
}

void TanhLayer::Forward(const ForwardArgs& args) {
  kernel_->Forward({args.inputs[0].strided(), args.outputs[0].strided()});
}

void TanhLayer::Backward(const BackwardArgs& args) {
  kernel_->Backward({args.outputs[0].strided(), args.output_grads[0].strided(),
                     args.input_grads[0].strided(), args.input_grad_modes[0]});
}

}  // namespace tamp
