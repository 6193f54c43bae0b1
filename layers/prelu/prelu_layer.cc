#include "layers/prelu/prelu_layer.h"

#include "absl/memory/memory.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"
#include "layers/options/broadcast_axes.h"

namespace tamp {
namespace {

constexpr float kDefaultSlope = 0.25f;  // He et al. 2015, section 2.1

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> PreluLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, 1}));
  return absl::WrapUnique<Layer>(
      new PreluLayer(parameter.prelu_param(), make_kernel));
}

absl::StatusOr<LayerPlan> PreluLayer::Plan(absl::Span<const Shape> inputs,
                                           const PlanContext& context) {
  ASSIGN_OR_RETURN(const BroadcastAxes axes,
                   BroadcastParameter(inputs[0], /*axis=*/1,
                                      prelu_.channel_shared() ? 0 : 1));
  ASSIGN_OR_RETURN(kernel_, make_kernel_(axes.broadcast, *context.device));
  FillerParameter filler = prelu_.filler();
  if (!prelu_.has_filler()) filler.set_value(kDefaultSlope);

  LayerPlan plan;
  plan.outputs = {inputs[0]};
  plan.parameters.push_back({"weight", axes.shape, filler});
  plan.can_run_in_place = true;
  plan.can_run_backward_in_place = true;
  return plan;
}

void PreluLayer::Forward(const ForwardArgs& args) {
  kernel_->Forward({args.inputs[0].strided(), args.parameters[0].strided(),
                    args.outputs[0].strided()});
}

void PreluLayer::Backward(const BackwardArgs& args) {
  kernel_->Backward({args.inputs[0].strided(), args.parameters[0].strided(),
                     args.output_grads[0].strided(),
                     args.input_grads[0].strided(), args.input_grad_modes[0],
                     args.parameter_grads[0].strided(),
                     args.parameter_grad_modes[0]});
}

}  // namespace tamp
