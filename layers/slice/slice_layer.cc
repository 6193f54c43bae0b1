#include "layers/slice/slice_layer.h"

#include <cstdint>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "kernels/part_along.h"
#include "layers/options/arity.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> SliceLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, Arity::kAny}));
  const SliceParameter& slice = parameter.slice_param();
  if (slice.has_axis() && slice.has_slice_dim()) {
    return absl::InvalidArgumentError(
        "axis and slice_dim are both given, keep axis");
  }
  if (slice.slice_dim() >= static_cast<uint32_t>(Shape::kMaxRank)) {
    return absl::InvalidArgumentError(
        absl::StrCat("slice_dim ", slice.slice_dim(), " is out of range"));
  }
  const int points = slice.slice_point_size();
  if (points != 0 && points != parameter.top_size() - 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("has ", points, " slice points for ", parameter.top_size(),
                     " tops, needs ", parameter.top_size() - 1, " or none"));
  }
  uint32_t previous = 0;
  for (const uint32_t point : slice.slice_point()) {
    if (point <= previous) {
      return absl::InvalidArgumentError(
          absl::StrCat("slice_point ", point, " comes after ", previous,
                       "; they must ascend and be above 0"));
    }
    previous = point;
  }
  return absl::WrapUnique<Layer>(new SliceLayer(parameter, make_kernel));
}

absl::StatusOr<std::vector<int64_t>> SliceLayer::Cuts(const Shape& input,
                                                      int axis) const {
  const SliceParameter& slice = parameter_.slice_param();
  const int64_t extent = input.dim(axis), tops = parameter_.top_size();
  std::vector<int64_t> cuts = {0};
  if (slice.slice_point_size() > 0) {
    cuts.insert(cuts.end(), slice.slice_point().begin(),
                slice.slice_point().end());
    if (cuts.back() >= extent) {
      return absl::InvalidArgumentError(
          absl::StrCat("slice_point ", cuts.back(), " is not below ", extent,
                       ", the extent of bottom \"", parameter_.bottom(0),
                       "\" along axis ", axis));
    }
  } else if (extent % tops != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "bottom \"", parameter_.bottom(0), "\" has extent ", extent,
        " along axis ", axis, ", ", tops, " tops do not divide it"));
  } else {
    for (int64_t i = 1; i < tops; ++i) cuts.push_back(extent / tops * i);
  }
  cuts.push_back(extent);
  return cuts;
}

absl::StatusOr<LayerPlan> SliceLayer::Plan(absl::Span<const Shape> inputs,
                                           const PlanContext& context) {
  const SliceParameter& slice = parameter_.slice_param();
  const int asked_axis = slice.has_slice_dim()
                             ? static_cast<int>(slice.slice_dim())
                             : slice.axis();
  ASSIGN_OR_RETURN(const int axis, inputs[0].CanonicalAxis(asked_axis));
  ASSIGN_OR_RETURN(const std::vector<int64_t> cuts, Cuts(inputs[0], axis));
  parts_.clear();
  LayerPlan plan;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    const int64_t extent = cuts[i + 1] - cuts[i];
    parts_.push_back(PartAlong(inputs[0], axis, cuts[i], extent));
    plan.outputs.push_back(inputs[0]);
    plan.outputs.back().set_dim(axis, extent);
  }
  plan.backward_reads_inputs = false;
  ASSIGN_OR_RETURN(kernel_, make_kernel_(*context.device));
  return plan;
}

void SliceLayer::Forward(const ForwardArgs& args) {
  const Strided<const float> x = args.inputs[0].strided();
  for (size_t i = 0; i < parts_.size(); ++i) {
    kernel_->Copy(parts_[i].whole_to_part(), parts_[i].In(x),
                  args.outputs[i].strided(), GradMode::kWrite);
  }
}

void SliceLayer::Backward(const BackwardArgs& args) {
  const Strided<float> dx = args.input_grads[0].strided();
  const GradMode mode = args.input_grad_modes[0];
  for (size_t i = 0; i < parts_.size(); ++i) {
    const Strided<const float> dy = args.output_grads[i].strided();
    const CopyBlock& block = parts_[i].part_to_whole;
    if (dy.data != nullptr) {
      kernel_->Copy(block, dy, parts_[i].In(dx), mode);
    } else if (mode == GradMode::kWrite) {  // a top that the loss ignores
      kernel_->SetZero(block, parts_[i].In(dx));
    }
  }
}

}  // namespace tamp
