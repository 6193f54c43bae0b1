#include "tools/device_check/net_convolutions.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/shape.h"
#include "core/status_macros.h"
#include "layers/convolution/convolution_options.h"
#include "layers/convolution/cuda/problem.h"
#include "proto/layer.pb.h"

namespace tamp {
namespace {

// Of the planner's arena and of parameters.
constexpr int64_t kAlignment = 256;

ElementType TypeOf(DevicePrecision precision) {
  if (precision == DevicePrecision::kBf16) return ElementType::kBfloat16;
  if (precision == DevicePrecision::kFp16) return ElementType::kFloat16;
  return ElementType::kFloat32;
}

absl::StatusOr<NetConvolution> MakeConvolution(
    const LayerParameter& layer, const ConvolutionParameter& parameter,
    const Shape& input) {
  NetConvolution convolution;
  convolution.layer = layer.name();
  ASSIGN_OR_RETURN(convolution.options, ReadConvolutionOptions(parameter));
  RETURN_IF_ERROR(FitToInput(input, layer.bottom(0), &convolution.options));
  return convolution;
}

}  // namespace

const char* ToString(DevicePrecision precision) {
  switch (precision) {
    case DevicePrecision::kFp32:
      return "fp32";
    case DevicePrecision::kTf32:
      return "tf32";
    case DevicePrecision::kBf16:
      return "bf16";
    case DevicePrecision::kFp16:
      return "fp16";
  }
  return "";
}

absl::StatusOr<DevicePrecision> ParseDevicePrecision(absl::string_view name) {
  for (const DevicePrecision precision : kAllDevicePrecisions) {
    if (name == ToString(precision)) return precision;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "precision \"", name, "\" is unknown: fp32, tf32, bf16 or fp16"));
}

absl::StatusOr<std::vector<NetConvolution>> FindConvolutions(
    const Graph& graph) {
  std::vector<NetConvolution> convolutions;
  for (const Node& node : graph.nodes) {
    const LayerParameter& layer = node.parameter;
    const bool is_fused = layer.has_fused_convolution_param();
    if (!is_fused && layer.type() != "Convolution") continue;
    const Shape& input = graph.values[node.inputs[0]].shape;
    if (!is_fused) {
      ASSIGN_OR_RETURN(
          NetConvolution convolution,
          MakeConvolution(layer, layer.convolution_param(), input));
      convolutions.push_back(std::move(convolution));
      continue;
    }
    const FusedConvolutionParameter& fused = layer.fused_convolution_param();
    const int64_t window = fused.pools() ? 2 : 1;
    ASSIGN_OR_RETURN(
        NetConvolution convolution,
        MakeConvolution(layer, fused.convolution(),
                        {input.num(), input.channels(), input.dim(2) / window,
                         input.dim(3) / window}));
    convolutions.push_back(std::move(convolution));
  }
  return convolutions;
}

ConvolutionProblem ProblemOf(const ConvolutionOptions& options,
                             ConvolutionDirection direction,
                             DevicePrecision precision) {
  ConvolutionProblem problem = ProblemOf(options, direction);
  problem.math = precision == DevicePrecision::kFp32 ? ConvolutionMath::kFp32
                                                     : ConvolutionMath::kTf32;
  const ElementType type = TypeOf(precision);
  LayOutDense(type,
              type == ElementType::kFloat32 ? TensorOrder::kRowMajor
                                            : TensorOrder::kChannelsLast,
              kAlignment, &problem);
  return problem;
}

}  // namespace tamp
