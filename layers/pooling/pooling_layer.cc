#include "layers/pooling/pooling_layer.h"

#include <cstdint>
#include <limits>
#include <string>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/shape.h"
#include "core/status_macros.h"
#include "layers/options/arity.h"
#include "layers/options/pooling_axes.h"

namespace tamp {
namespace {

using absl::InvalidArgumentError;
using absl::StrCat;

// Refuses `name` next to `prefix`_h or `prefix`_w.
absl::Status CheckOneForm(absl::string_view name, absl::string_view prefix,
                          bool has_both, bool has_h, bool has_w) {
  if (!has_both || !(has_h || has_w)) return absl::OkStatus();
  return InvalidArgumentError(StrCat(name, " excludes ", prefix, "_h and ",
                                     prefix, "_w; give one form"));
}

absl::Status CheckForms(const PoolingParameter& p) {
  RETURN_IF_ERROR(CheckOneForm("kernel_size", "kernel", p.has_kernel_size(),
                               p.has_kernel_h(), p.has_kernel_w()));
  RETURN_IF_ERROR(
      CheckOneForm("pad", "pad", p.has_pad(), p.has_pad_h(), p.has_pad_w()));
  return CheckOneForm("stride", "stride", p.has_stride(), p.has_stride_h(),
                      p.has_stride_w());
}

bool HasKernel(const PoolingParameter& p) {
  return p.has_kernel_size() || p.has_kernel_h() || p.has_kernel_w();
}

// Any of the sizes given, and not as the value that it has anyway.
absl::Status CheckGlobal(const PoolingParameter& p) {
  const bool has_window = p.pad() != 0 || p.pad_h() != 0 || p.pad_w() != 0 ||
                          p.stride() != 1 ||
                          (p.has_stride_h() && p.stride_h() != 1) ||
                          (p.has_stride_w() && p.stride_w() != 1);
  if (HasKernel(p) || has_window) {
    return InvalidArgumentError(
        "global_pooling pools the whole map, it excludes kernel, pad and "
        "stride");
  }
  return absl::OkStatus();
}

// The sizes along one axis; `axis` is "h" or "w" where the sizes were given by
// axis.
absl::Status CheckAxis(const PoolingAxis& sizes, absl::string_view axis,
                       bool kernel_by_axis, bool stride_by_axis) {
  if (sizes.kernel < 1) {
    return InvalidArgumentError(
        StrCat(kernel_by_axis ? StrCat("kernel_", axis) : "kernel_size",
               " is 0, it must be at least 1"));
  }
  if (sizes.stride < 1) {
    return InvalidArgumentError(
        StrCat(stride_by_axis ? StrCat("stride_", axis) : "stride",
               " is 0, it must be at least 1"));
  }
  if (sizes.pad >= sizes.kernel) {
    return InvalidArgumentError(StrCat("pad ", sizes.pad,
                                       " must be less than the kernel, which "
                                       "is ",
                                       sizes.kernel));
  }
  return absl::OkStatus();
}

absl::Status ReadAxes(const PoolingParameter& p, PoolingOptions* options) {
  RETURN_IF_ERROR(CheckForms(p));
  if (!p.has_kernel_size() && !(p.has_kernel_h() && p.has_kernel_w())) {
    return InvalidArgumentError(
        "needs kernel_size, or kernel_h and kernel_w, or global_pooling");
  }
  const PoolingAxes axes = PoolingAxesOf(p, 0, 0);
  options->height = axes.height;
  options->width = axes.width;
  RETURN_IF_ERROR(
      CheckAxis(axes.height, "h", p.has_kernel_h(), p.has_stride_h()));
  return CheckAxis(axes.width, "w", p.has_kernel_w(), p.has_stride_w());
}

// Sets the extent of an axis of the input.
absl::Status FitAxis(absl::string_view name, absl::string_view bottom,
                     int64_t extent, bool global, PoolingAxis* axis) {
  axis->extent = extent;
  if (global) axis->kernel = extent;
  if (axis->kernel <= extent + 2 * axis->pad) return absl::OkStatus();
  return InvalidArgumentError(StrCat(
      "kernel of ", name, " ", axis->kernel, " does not fit in bottom \"",
      bottom, "\" of ", name, " ", extent, " with pad ", axis->pad));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Layer>> PoolingLayer::Create(
    const LayerParameter& parameter, MakeKernel make_kernel) {
  RETURN_IF_ERROR(CheckArity(parameter, {1, 1}, {1, 1}));
  const PoolingParameter& pooling = parameter.pooling_param();
  PoolingOptions options;
  switch (pooling.pool()) {
    case PoolingParameter::MAX:
      options.method = PoolingOptions::Method::kMax;
      break;
    case PoolingParameter::AVE:
      options.method = PoolingOptions::Method::kAverage;
      break;
    case PoolingParameter::STOCHASTIC:
      return InvalidArgumentError(
          "pool STOCHASTIC is not supported, only MAX and AVE");
  }
  RETURN_IF_ERROR(pooling.global_pooling() ? CheckGlobal(pooling)
                                           : ReadAxes(pooling, &options));
  return absl::WrapUnique<Layer>(
      new PoolingLayer(parameter, options, make_kernel));
}

absl::StatusOr<LayerPlan> PoolingLayer::Plan(absl::Span<const Shape> inputs,
                                             const PlanContext& context) {
  const Shape& shape = inputs[0];
  const std::string& bottom = parameter_.bottom(0);
  if (shape.rank() != 4) {
    return InvalidArgumentError(
        StrCat("bottom \"", bottom, "\" has shape ", shape.ToString(),
               ", it must have 4 axes: images, channels, height, width"));
  }
  if (shape.spatial() > std::numeric_limits<int32_t>::max()) {
    return InvalidArgumentError(StrCat("bottom \"", bottom, "\" has shape ",
                                       shape.ToString(),
                                       ", at most 2^31 positions are "
                                       "supported"));
  }
  options_.num = shape.num();
  options_.channels = shape.channels();
  const bool global = parameter_.pooling_param().global_pooling();
  RETURN_IF_ERROR(
      FitAxis("height", bottom, shape.dim(2), global, &options_.height));
  RETURN_IF_ERROR(
      FitAxis("width", bottom, shape.dim(3), global, &options_.width));
  ASSIGN_OR_RETURN(const Shape output,
                   Shape::Create({options_.num, options_.channels,
                                  options_.height.num_windows(),
                                  options_.width.num_windows()}));
  ASSIGN_OR_RETURN(kernel_, make_kernel_(options_, *context.device));
  LayerPlan plan;
  plan.outputs = {output};
  if (is_max()) {
    plan.saved_bytes = {output.num_elements() * int64_t{sizeof(int32_t)}};
  }
  plan.backward_reads_inputs = false;
  return plan;
}

void PoolingLayer::Forward(const ForwardArgs& args) {
  kernel_->Forward({args.inputs[0].strided(), args.outputs[0].strided(),
                    is_max() ? static_cast<int32_t*>(args.saved[0]) : nullptr});
}

void PoolingLayer::Backward(const BackwardArgs& args) {
  kernel_->Backward(
      {args.output_grads[0].strided(),
       is_max() ? static_cast<const int32_t*>(args.saved[0]) : nullptr,
       args.input_grads[0].strided(), args.input_grad_modes[0]});
}

}  // namespace tamp
