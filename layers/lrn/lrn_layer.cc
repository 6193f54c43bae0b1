#include "layers/lrn/lrn_layer.h"

#include <cstdint>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/shape.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"

namespace tamp {

using absl::InvalidArgumentError;
using absl::StrCat;

absl::StatusOr<std::unique_ptr<Layer>> LrnLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, 1}));
  const LRNParameter& lrn = parameter.lrn_param();
  if (lrn.local_size() % 2 == 0) {
    return InvalidArgumentError(
        StrCat("local_size is ", lrn.local_size(), ", it must be odd"));
  }
  if (!(lrn.alpha() >= 0)) {
    return InvalidArgumentError(
        StrCat("alpha is ", lrn.alpha(), ", it must be at least 0"));
  }
  if (!(lrn.k() > 0)) {
    return InvalidArgumentError(
        StrCat("k is ", lrn.k(), ", it must be more than 0"));
  }
  if (lrn.norm_region() == LRNParameter::WITHIN_CHANNEL && lrn.k() != 1) {
    return InvalidArgumentError(
        StrCat("k is ", lrn.k(), ", with WITHIN_CHANNEL only 1 is supported"));
  }
  return absl::WrapUnique<Layer>(new LrnLayer(parameter, make_kernel));
}

absl::StatusOr<LayerPlan> LrnLayer::Plan(absl::Span<const Shape> inputs,
                                         const PlanContext& context) {
  const Shape& shape = inputs[0];
  const LRNParameter& lrn = parameter_.lrn_param();
  LrnOptions options;
  options.num = shape.num();
  options.channels = shape.channels();
  options.height = 1;
  options.width = shape.spatial();
  options.local_size = lrn.local_size();
  options.alpha = lrn.alpha();
  options.beta = lrn.beta();
  options.k = lrn.k();
  if (lrn.norm_region() == LRNParameter::WITHIN_CHANNEL) {
    if (shape.rank() != 4) {
      return InvalidArgumentError(StrCat(
          "bottom \"", parameter_.bottom(0), "\" has shape ", shape.ToString(),
          ", it must have 4 axes: images, channels, height, width"));
    }
    options.region = LrnOptions::Region::kWithinChannel;
    options.height = shape.dim(2);
    options.width = shape.dim(3);
  }
  ASSIGN_OR_RETURN(kernel_, make_kernel_(options, *context.device));
  LayerPlan plan;
  plan.outputs = {shape};
  plan.saved_bytes = {shape.num_elements() * int64_t{sizeof(float)}};  // scale
  plan.forward_workspace_bytes = kernel_->forward_workspace_bytes();
  plan.backward_workspace_bytes = kernel_->backward_workspace_bytes();
  return plan;
}

void LrnLayer::Forward(const ForwardArgs& args) {
  kernel_->Forward({args.inputs[0].strided(), args.outputs[0].strided(),
                    static_cast<float*>(args.saved[0]), args.workspace});
}

void LrnLayer::Backward(const BackwardArgs& args) {
  kernel_->Backward(
      {args.inputs[0].strided(), static_cast<const float*>(args.saved[0]),
       args.output_grads[0].strided(), args.input_grads[0].strided(),
       args.input_grad_modes[0], args.workspace});
}

}  // namespace tamp
