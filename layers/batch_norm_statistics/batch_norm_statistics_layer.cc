#include "layers/batch_norm_statistics/batch_norm_statistics_layer.h"

#include "absl/memory/memory.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> BatchNormStatisticsLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {2, 2}));
  return absl::WrapUnique<Layer>(new BatchNormStatisticsLayer(
      parameter.batch_norm_param().eps(), make_kernel));
}

absl::StatusOr<LayerPlan> BatchNormStatisticsLayer::Plan(
    absl::Span<const Shape> inputs, const PlanContext& context) {
  const Shape& shape = inputs[0];
  ASSIGN_OR_RETURN(kernel_, make_kernel_({shape.num(), shape.channels(),
                                          shape.spatial(), eps_},
                                         *context.device));
  LayerPlan plan;
  plan.outputs = {shape, Shape({1, shape.channels(), 2})};
  plan.can_run_in_place = true;
  plan.can_run_backward_in_place = true;
  plan.backward_reads_inputs = false;
  plan.backward_reads_outputs = true;
  return plan;
}

void BatchNormStatisticsLayer::Forward(const ForwardArgs& args) {
  kernel_->Forward({args.inputs[0].strided(), args.outputs[0].strided(),
                    args.outputs[1].data});
}

void BatchNormStatisticsLayer::Backward(const BackwardArgs& args) {
  kernel_->Backward({args.outputs[0].strided(), args.outputs[1].data,
                     args.output_grads[1].data, args.output_grads[0].strided(),
                     args.input_grads[0].strided(), args.input_grad_modes[0]});
}

}  // namespace tamp
