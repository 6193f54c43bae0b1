#include "layers/inner_product/inner_product_layer.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/shape.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"

namespace tamp {
namespace {

FillerParameter WeightFiller(const InnerProductParameter& parameter) {
  if (parameter.has_weight_filler()) return parameter.weight_filler();
  FillerParameter filler;
  filler.set_type("xavier");
  return filler;
}

InnerProductExtents Extents(const Shape& shape) {
  return {shape.num(), shape.channels(), shape.spatial()};
}

absl::StatusOr<Shape> WeightShape(const InnerProductOptions& options) {
  int64_t rows = options.num_outputs, columns = options.num_inputs;
  if (options.transposed) std::swap(rows, columns);
  absl::StatusOr<Shape> shape = Shape::Create({rows, columns});
  if (shape.ok()) return shape;
  return absl::InvalidArgumentError(
      absl::StrCat("the weight's ", shape.status().message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> InnerProductLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, 1}));
  const InnerProductParameter& inner_product = parameter.inner_product_param();
  if (inner_product.num_output() == 0) {
    return absl::InvalidArgumentError(
        inner_product.has_num_output()
            ? "num_output is 0, it must be at least 1"
            : "needs num_output");
  }
  return absl::WrapUnique<Layer>(
      new InnerProductLayer(inner_product, make_kernel));
}

absl::StatusOr<LayerPlan> InnerProductLayer::Plan(
    absl::Span<const Shape> inputs, const PlanContext& context) {
  const Shape& input = inputs[0];
  ASSIGN_OR_RETURN(const int axis, input.CanonicalAxis(parameter_.axis()));
  const int64_t num_outputs = parameter_.num_output();
  std::vector<int64_t> dims(input.dims().begin(), input.dims().begin() + axis);
  dims.push_back(num_outputs);
  ASSIGN_OR_RETURN(const Shape output, Shape::Create(dims));

  InnerProductOptions options;
  options.num_rows = input.count(0, axis);
  options.num_inputs = input.count(axis);
  options.num_outputs = num_outputs;
  options.x = Extents(input);
  options.y = Extents(output);
  options.transposed = parameter_.transpose();
  if (std::max({options.num_rows, options.num_inputs, num_outputs}) >
      std::numeric_limits<int>::max()) {
    return absl::InvalidArgumentError(
        absl::StrCat("is too large: rows (", options.num_rows, "), inputs (",
                     options.num_inputs, ") and num_output (", num_outputs,
                     ") must be below 2^31"));
  }
  ASSIGN_OR_RETURN(const Shape weight, WeightShape(options));
  LayerPlan plan;
  if (__builtin_mul_overflow(weight.num_elements(), options.num_rows,
                             &plan.forward_multiply_adds)) {
    return absl::InvalidArgumentError("needs more than 2^63 multiply-adds");
  }
  ASSIGN_OR_RETURN(kernel_, make_kernel_(options, *context.device));
  plan.outputs = {output};
  plan.parameters.push_back({"weight", weight, WeightFiller(parameter_)});
  if (parameter_.bias_term()) {
    plan.parameters.push_back(
        {"bias", {num_outputs}, parameter_.bias_filler()});
  }
  plan.forward_workspace_bytes = kernel_->forward_workspace_bytes();
  plan.backward_workspace_bytes = kernel_->backward_workspace_bytes();
  return plan;
}

void InnerProductLayer::Forward(const ForwardArgs& args) {
  CHECK(args.parameters[0].is_dense());
  InnerProductForwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.w = args.parameters[0].data;
  kernel_args.bias = parameter_.bias_term() ? args.parameters[1].data : nullptr;
  kernel_args.y = args.outputs[0].strided();
  kernel_args.workspace = args.workspace;
  kernel_->Forward(kernel_args);
}

void InnerProductLayer::Backward(const BackwardArgs& args) {
  InnerProductBackwardArgs<float> kernel_args;
  kernel_args.x = args.inputs[0].strided();
  kernel_args.w = args.parameters[0].data;
  kernel_args.dy = args.output_grads[0].strided();
  kernel_args.dx = args.input_grads[0].strided();
  kernel_args.dx_mode = args.input_grad_modes[0];
  kernel_args.dw = args.parameter_grads[0].data;
  kernel_args.dw_mode = args.parameter_grad_modes[0];
  if (parameter_.bias_term()) {
    kernel_args.dbias = args.parameter_grads[1].data;
    kernel_args.dbias_mode = args.parameter_grad_modes[1];
  }
  kernel_args.workspace = args.workspace;
  kernel_->Backward(kernel_args);
}

}  // namespace tamp
