#include "tests/cuda_sim/cudnn/descriptors/convolution_operation.h"

#include <cstdint>
#include <optional>

#include "tests/cuda_sim/cudnn/descriptors/attributes.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"

namespace tamp {
namespace cuda_sim {
namespace {

enum class Part { kAlpha, kBeta, kConvolution, kX, kW, kY };

// The three operations have attributes of their own for the same things.
std::optional<Part> PartOf(Direction direction,
                           cudnnBackendAttributeName_t name) {
  struct Named {
    Direction direction;
    cudnnBackendAttributeName_t name;
    Part part;
  };
  constexpr auto kForward = Direction::kForward;
  constexpr auto kData = Direction::kBackwardData;
  constexpr auto kFilter = Direction::kBackwardFilter;
  static constexpr Named kAll[] = {
      {kForward, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, Part::kAlpha},
      {kForward, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, Part::kBeta},
      {kForward, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
       Part::kConvolution},
      {kForward, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, Part::kX},
      {kForward, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, Part::kW},
      {kForward, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, Part::kY},
      {kData, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, Part::kAlpha},
      {kData, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA, Part::kBeta},
      {kData, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
       Part::kConvolution},
      {kData, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, Part::kX},
      {kData, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W, Part::kW},
      {kData, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY, Part::kY},
      {kFilter, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
       Part::kAlpha},
      {kFilter, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA, Part::kBeta},
      {kFilter, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
       Part::kConvolution},
      {kFilter, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X, Part::kX},
      {kFilter, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW, Part::kW},
      {kFilter, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY, Part::kY},
  };
  for (const Named& named : kAll) {
    if (named.direction == direction && named.name == name) return named.part;
  }
  return std::nullopt;
}

// alpha and beta may be float or double.
cudnnStatus_t ReadFactor(const Elements& elements, double* factor) {
  if (elements.type == CUDNN_TYPE_DOUBLE) {
    return ReadOne(elements, CUDNN_TYPE_DOUBLE, factor);
  }
  if (elements.type != CUDNN_TYPE_FLOAT) {
    return Refuse(CUDNN_STATUS_BAD_PARAM, "a factor that is no number");
  }
  float narrow;
  const cudnnStatus_t status = ReadOne(elements, CUDNN_TYPE_FLOAT, &narrow);
  if (status == CUDNN_STATUS_SUCCESS) *factor = narrow;
  return status;
}

cudnnStatus_t CheckChannels(const ConvolutionOperation& operation) {
  const auto& x = operation.x.extents;
  const auto& w = operation.w.extents;
  const auto& y = operation.y.extents;
  if (y[0] != x[0]) return Refuse(CUDNN_STATUS_BAD_PARAM, "batches differ");
  if (y[1] != w[0]) {
    return Refuse(CUDNN_STATUS_BAD_PARAM,
                  "y has other channels than there are filters");
  }
  if (w[1] <= 0 || x[1] <= 0 || x[1] % w[1] != 0) {
    return Refuse(CUDNN_STATUS_BAD_PARAM,
                  "a filter's channels do not divide those of x");
  }
  if (w[0] % (x[1] / w[1]) != 0) {
    return Refuse(CUDNN_STATUS_BAD_PARAM,
                  "the groups do not divide the filters");
  }
  return CUDNN_STATUS_SUCCESS;
}

// Whether y has the extent that a convolution leaves of x.
cudnnStatus_t CheckExtents(const ConvolutionOperation& operation) {
  const Convolution& convolution = operation.convolution;
  for (int64_t i = 0; i < convolution.num_spatial_dims; ++i) {
    const int64_t reach =
        (operation.w.extents[i + 2] - 1) * convolution.dilation[i] + 1;
    const int64_t room = operation.x.extents[i + 2] +
                         convolution.pad_before[i] + convolution.pad_after[i] -
                         reach;
    if (room < 0 ||
        operation.y.extents[i + 2] != room / convolution.stride[i] + 1) {
      return Refuse(CUDNN_STATUS_BAD_PARAM,
                    "y's extents are not those of the convolution of x");
    }
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t CheckLayouts(const ConvolutionOperation& operation) {
  if (operation.x.overlaps() || operation.y.overlaps()) {
    return Refuse(CUDNN_STATUS_BAD_PARAM, "strides of x or y overlap");
  }
  if (operation.w.overlaps() ||
      operation.w.span() != operation.w.num_elements()) {
    return Refuse(CUDNN_STATUS_BAD_PARAM, "the filters are not packed");
  }
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

const Tensor& ConvolutionOperation::output() const {
  switch (direction) {
    case Direction::kForward:
      return y;
    case Direction::kBackwardData:
      return x;
    default:
      return w;
  }
}

cudnnStatus_t ConvolutionOperationDescriptor::SetAttribute(
    cudnnBackendAttributeName_t name, const Elements& elements) {
  const std::optional<Part> part = PartOf(operation_.direction, name);
  if (!part.has_value()) return UnknownAttribute(name);
  switch (*part) {
    case Part::kAlpha:
      return ReadFactor(elements, &operation_.alpha);
    case Part::kBeta:
      return ReadFactor(elements, &operation_.beta);
    case Part::kConvolution:
      return ReadValue<ConvolutionDescriptor>(elements, &operation_.convolution,
                                              &has_convolution_);
    case Part::kX:
      return ReadValue<TensorDescriptor>(elements, &operation_.x, &has_x_);
    case Part::kW:
      return ReadValue<TensorDescriptor>(elements, &operation_.w, &has_w_);
    default:
      return ReadValue<TensorDescriptor>(elements, &operation_.y, &has_y_);
  }
}

cudnnStatus_t ConvolutionOperationDescriptor::Check() {
  if (!has_convolution_ || !has_x_ || !has_w_ || !has_y_) {
    return Refuse(CUDNN_STATUS_BAD_PARAM,
                  "an operation's convolution or tensor is missing or was not "
                  "finalized");
  }
  const size_t rank = operation_.convolution.num_spatial_dims + 2;
  for (const Tensor* tensor : {&operation_.x, &operation_.w, &operation_.y}) {
    if (tensor->extents.size() != rank) {
      return Refuse(CUDNN_STATUS_BAD_PARAM,
                    "a tensor has other dimensions than the convolution");
    }
  }
  for (auto check : {CheckChannels, CheckExtents, CheckLayouts}) {
    const cudnnStatus_t status = check(operation_);
    if (status != CUDNN_STATUS_SUCCESS) return status;
  }
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace cuda_sim
}  // namespace tamp
