#include "layers/eltwise/eltwise_layer.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"

namespace tamp {
namespace {

EltwiseOptions::Operation OperationOf(const EltwiseParameter& eltwise) {
  switch (eltwise.operation()) {
    case EltwiseParameter::PROD:
      return EltwiseOptions::Operation::kProduct;
    case EltwiseParameter::MAX:
      return EltwiseOptions::Operation::kMax;
    case EltwiseParameter::SUM:
      break;
  }
  return EltwiseOptions::Operation::kSum;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> EltwiseLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {2, Arity::kAny}, {1, 1}));
  const EltwiseParameter& eltwise = parameter.eltwise_param();
  const int coefficients = eltwise.coeff_size();
  if (coefficients > 0 && eltwise.operation() != EltwiseParameter::SUM) {
    return absl::InvalidArgumentError("coeff is for operation SUM only");
  }
  if (coefficients > 0 && coefficients != parameter.bottom_size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "has ", coefficients, " coeff for ", parameter.bottom_size(),
        " bottoms; give one for each or none"));
  }
  return absl::WrapUnique<Layer>(new EltwiseLayer(parameter, make_kernel));
}

absl::StatusOr<LayerPlan> EltwiseLayer::Plan(absl::Span<const Shape> inputs,
                                             const PlanContext& context) {
  const Shape& shape = inputs[0];
  for (size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i] != shape) {
      return absl::InvalidArgumentError(
          absl::StrCat("bottom \"", parameter_.bottom(i), "\" has shape ",
                       inputs[i].ToString(), ", it must be ", shape.ToString(),
                       " as that of bottom \"", parameter_.bottom(0), "\""));
    }
  }
  const EltwiseParameter& eltwise = parameter_.eltwise_param();
  EltwiseOptions options;
  options.extents = {shape.num(), shape.channels(), shape.spatial()};
  options.operation = OperationOf(eltwise);
  options.coefficients.assign(inputs.size(), 1);
  for (int i = 0; i < eltwise.coeff_size(); ++i) {
    options.coefficients[i] = eltwise.coeff(i);
  }
  ASSIGN_OR_RETURN(kernel_, make_kernel_(options, *context.device));
  places_.resize(inputs.size());

  LayerPlan plan;
  plan.outputs = {shape};
  plan.can_run_in_place = true;
  plan.backward_reads_inputs =
      options.operation != EltwiseOptions::Operation::kSum;
  return plan;
}

const Strided<const float>* EltwiseLayer::Places(
    absl::Span<const ConstView> inputs) {
  for (size_t i = 0; i < inputs.size(); ++i) places_[i] = inputs[i].strided();
  return places_.data();
}

void EltwiseLayer::Forward(const ForwardArgs& args) {
  kernel_->Forward({Places(args.inputs), args.outputs[0].strided()});
}

void EltwiseLayer::Backward(const BackwardArgs& args) {
  EltwiseBackwardArgs<float> kernel_args;
  kernel_args.x = Places(args.inputs);
  kernel_args.dy = args.output_grads[0].strided();
  // In order: where two bottoms are the same, the first writes and the second
  // adds.
  for (size_t i = 0; i < args.inputs.size(); ++i) {
    kernel_args.input = static_cast<int>(i);
    kernel_args.dx = args.input_grads[i].strided();
    kernel_args.dx_mode = args.input_grad_modes[i];
    kernel_->Backward(kernel_args);
  }
}

}  // namespace tamp
