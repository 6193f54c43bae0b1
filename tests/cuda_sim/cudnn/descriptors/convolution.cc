#include "tests/cuda_sim/cudnn/descriptors/convolution.h"

#include <algorithm>

#include "tests/cuda_sim/cudnn/descriptors/attributes.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"

namespace tamp {
namespace cuda_sim {
namespace {

constexpr int64_t kMostSpatialDimensions = 6;

}  // namespace

cudnnStatus_t ConvolutionDescriptor::SetAttribute(
    cudnnBackendAttributeName_t name, const Elements& elements) {
  const auto read_list = [&](std::vector<int64_t>* list) {
    return ReadList(elements, CUDNN_TYPE_INT64, kMostSpatialDimensions, list);
  };
  switch (name) {
    case CUDNN_ATTR_CONVOLUTION_COMP_TYPE:
      return ReadOne(elements, CUDNN_TYPE_DATA_TYPE,
                     &convolution_.compute_type);
    case CUDNN_ATTR_CONVOLUTION_CONV_MODE:
      return ReadOne(elements, CUDNN_TYPE_CONVOLUTION_MODE, &convolution_.mode);
    case CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS:
      return ReadOne(elements, CUDNN_TYPE_INT64,
                     &convolution_.num_spatial_dims);
    case CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS:
      return read_list(&convolution_.pad_before);
    case CUDNN_ATTR_CONVOLUTION_POST_PADDINGS:
      return read_list(&convolution_.pad_after);
    case CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES:
      return read_list(&convolution_.stride);
    case CUDNN_ATTR_CONVOLUTION_DILATIONS:
      return read_list(&convolution_.dilation);
    default:
      return UnknownAttribute(name);
  }
}

cudnnStatus_t ConvolutionDescriptor::Check() {
  const auto num_dims = static_cast<size_t>(convolution_.num_spatial_dims);
  // What is not said is 0.
  for (auto* pad : {&convolution_.pad_before, &convolution_.pad_after}) {
    if (pad->empty()) pad->resize(num_dims);
  }
  const auto fits = [&](const std::vector<int64_t>& list, int64_t least) {
    return list.size() == num_dims &&
           std::all_of(list.begin(), list.end(),
                       [least](int64_t value) { return value >= least; });
  };
  if (num_dims < 1 || !fits(convolution_.pad_before, 0) ||
      !fits(convolution_.pad_after, 0) || !fits(convolution_.stride, 1) ||
      !fits(convolution_.dilation, 1)) {
    return Refuse(CUDNN_STATUS_BAD_PARAM,
                  "a convolution's strides, dilations or paddings are too few, "
                  "too many or too small");
  }
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace cuda_sim
}  // namespace tamp
