#include "layers/softmax/softmax_layer.h"

#include "absl/memory/memory.h"
#include "core/status_macros.h"
#include "kernels/lines_along.h"
#include "layers/options/arity.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> SoftmaxLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, 1}));
  return absl::WrapUnique<Layer>(
      new SoftmaxLayer(parameter.softmax_param().axis(), make_kernel));
}

absl::StatusOr<LayerPlan> SoftmaxLayer::Plan(absl::Span<const Shape> inputs,
                                             const PlanContext& context) {
  ASSIGN_OR_RETURN(const int axis, inputs[0].CanonicalAxis(axis_));
  ASSIGN_OR_RETURN(kernel_,
                   make_kernel_(LinesAlong(inputs[0], axis), *context.device));
  LayerPlan plan;
  plan.outputs = {inputs[0]};
  plan.can_run_in_place = true;
  plan.can_run_backward_in_place = true;
  plan.backward_reads_inputs = false;
  plan.backward_reads_outputs = true;
  return plan;
}

void SoftmaxLayer::Forward(const ForwardArgs& args) {
  kernel_->Forward({args.inputs[0].strided(), args.outputs[0].strided()});
}

void SoftmaxLayer::Backward(const BackwardArgs& args) {
  kernel_->Backward({args.outputs[0].strided(), args.output_grads[0].strided(),
                     args.input_grads[0].strided(), args.input_grad_modes[0]});
}

}  // namespace tamp
