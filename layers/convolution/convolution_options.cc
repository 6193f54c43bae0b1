#include "layers/convolution/convolution_options.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/status_macros.h"
#include "google/protobuf/repeated_field.h"

namespace tamp {
namespace {

using absl::InvalidArgumentError;
using absl::StrCat;

struct AxisPair {
  int64_t h;
  int64_t w;
};

// An option of both spatial axes, in its two forms.
struct AxisOption {
  std::string name;                                           // "pad"
  std::string prefix;                                         // "pad"_h
  const google::protobuf::RepeatedField<uint32_t>& together;  // pad: 1 pad: 2
  std::optional<uint32_t> h, w;  // pad_h: 1 pad_w: 2
  std::optional<int64_t> default_value;
  int64_t min;
};

absl::StatusOr<AxisPair> ReadPair(const AxisOption& option) {
  const bool by_axis = option.h.has_value() || option.w.has_value();
  const int count = option.together.size();
  if (by_axis && count > 0) {
    return InvalidArgumentError(StrCat(option.name, " excludes ", option.prefix,
                                       "_h and ", option.prefix,
                                       "_w; give one form"));
  }
  if (count > 2) {
    return InvalidArgumentError(
        StrCat(option.name, " has ", count,
               " values, it takes one, or height and width: only images with "
               "two axes are supported"));
  }
  AxisPair pair;
  if (count > 0) {
    pair = {option.together.Get(0), option.together.Get(count - 1)};
  } else if (option.default_value.has_value()) {
    pair = {option.h.value_or(*option.default_value),
            option.w.value_or(*option.default_value)};
  } else if (option.h.has_value() && option.w.has_value()) {
    pair = {*option.h, *option.w};
  } else {
    return InvalidArgumentError(StrCat("needs ", option.name, ", or ",
                                       option.prefix, "_h and ", option.prefix,
                                       "_w"));
  }
  if (pair.h < option.min || pair.w < option.min) {
    const bool is_h = pair.h < option.min;
    return InvalidArgumentError(StrCat(
        by_axis ? StrCat(option.prefix, is_h ? "_h" : "_w") : option.name,
        " is ", is_h ? pair.h : pair.w, ", it must be at least ", option.min));
  }
  return pair;
}

std::optional<uint32_t> Given(bool has, uint32_t value) {
  return has ? std::optional<uint32_t>(value) : std::nullopt;
}

// A kernel along one axis, with room for its dilation.
absl::Status CheckKernelFits(absl::string_view axis, int64_t kernel,
                             int64_t dilation, int64_t pad, int64_t extent,
                             absl::string_view bottom) {
  const int64_t padded = extent + 2 * pad;
  // Divided instead of multiplied: the product might overflow.
  if ((kernel - 1) <= (padded - 1) / dilation) return absl::OkStatus();
  return InvalidArgumentError(
      StrCat("kernel of ", axis, " ", kernel,
             dilation > 1 ? StrCat(" with dilation ", dilation) : "",
             " does not fit in bottom \"", bottom, "\" of ", axis, " ", extent,
             " with pad ", pad));
}

absl::Status CheckShape(absl::string_view owner,
                        std::initializer_list<int64_t> dims) {
  const absl::Status status =
      Shape::Create(absl::MakeConstSpan(dims.begin(), dims.size())).status();
  if (status.ok()) return status;
  return InvalidArgumentError(StrCat("the ", owner, "'s ", status.message()));
}

}  // namespace

absl::StatusOr<ConvolutionOptions> ReadConvolutionOptions(
    const ConvolutionParameter& p) {
  if (p.num_output() == 0) {
    return InvalidArgumentError(p.has_num_output()
                                    ? "num_output is 0, it must be at least 1"
                                    : "needs num_output");
  }
  if (p.group() == 0) {
    return InvalidArgumentError("group is 0, it must be at least 1");
  }
  if (p.num_output() % p.group() != 0) {
    return InvalidArgumentError(StrCat(
        "group ", p.group(), " does not divide num_output ", p.num_output()));
  }
  if (p.axis() != 1) {
    return InvalidArgumentError(
        StrCat("axis is ", p.axis(), ", only 1 is supported"));
  }
  ASSIGN_OR_RETURN(
      const AxisPair kernel,
      ReadPair({"kernel_size", "kernel", p.kernel_size(),
                Given(p.has_kernel_h(), p.kernel_h()),
                Given(p.has_kernel_w(), p.kernel_w()), std::nullopt, 1}));
  ASSIGN_OR_RETURN(
      const AxisPair pad,
      ReadPair({"pad", "pad", p.pad(), Given(p.has_pad_h(), p.pad_h()),
                Given(p.has_pad_w(), p.pad_w()), 0, 0}));
  ASSIGN_OR_RETURN(const AxisPair stride,
                   ReadPair({"stride", "stride", p.stride(),
                             Given(p.has_stride_h(), p.stride_h()),
                             Given(p.has_stride_w(), p.stride_w()), 1, 1}));
  ASSIGN_OR_RETURN(const AxisPair dilation,
                   ReadPair({"dilation", "dilation", p.dilation(), std::nullopt,
                             std::nullopt, 1, 1}));
  ConvolutionOptions options;
  options.num_output = p.num_output();
  options.group = p.group();
  options.kernel_h = kernel.h;
  options.kernel_w = kernel.w;
  options.pad_h = pad.h;
  options.pad_w = pad.w;
  options.stride_h = stride.h;
  options.stride_w = stride.w;
  options.dilation_h = dilation.h;
  options.dilation_w = dilation.w;
  return options;
}

absl::Status FitToInput(const Shape& input, absl::string_view bottom,
                        ConvolutionOptions* o) {
  if (input.rank() != 4) {
    return InvalidArgumentError(
        StrCat("bottom \"", bottom, "\" has shape ", input.ToString(),
               ", it must have 4 axes: images, channels, height, width"));
  }
  o->num = input.num();
  o->channels = input.channels();
  o->height = input.dim(2);
  o->width = input.dim(3);
  if (o->channels % o->group != 0) {
    return InvalidArgumentError(StrCat("group ", o->group, " does not divide ",
                                       o->channels, " channels of bottom \"",
                                       bottom, "\""));
  }
  RETURN_IF_ERROR(CheckKernelFits("height", o->kernel_h, o->dilation_h,
                                  o->pad_h, o->height, bottom));
  RETURN_IF_ERROR(CheckKernelFits("width", o->kernel_w, o->dilation_w, o->pad_w,
                                  o->width, bottom));
  // The weight, and the columns of one row of outputs, are whole matrices in
  // memory; their extents and strides are ints to BLAS.
  RETURN_IF_ERROR(CheckShape("weight", {o->num_output, o->channels / o->group,
                                        o->kernel_h, o->kernel_w}));
  RETURN_IF_ERROR(CheckShape(
      "output", {o->num, o->num_output, o->output_h(), o->output_w()}));
  constexpr int64_t kMaxInt = std::numeric_limits<int>::max();
  const int64_t positions =
      std::max(o->height * o->width, o->output_h() * o->output_w());
  const int64_t taps = o->kernel_h * o->kernel_w;
  if (std::max(o->channels, o->num_output) > kMaxInt / taps ||
      positions > kMaxInt / o->num) {
    return InvalidArgumentError(
        "is too large: channels x kernel and images x positions must be below "
        "2^31");
  }
  if (o->fan_in() > Shape::kMaxElements / o->output_w()) {
    return InvalidArgumentError(
        "is too large: channels x kernel x width of the output must be below "
        "2^40");
  }
  return absl::OkStatus();
}

}  // namespace tamp
