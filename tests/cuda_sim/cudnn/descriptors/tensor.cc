#include "tests/cuda_sim/cudnn/descriptors/tensor.h"

#include <algorithm>
#include <utility>

#include "tests/cuda_sim/cudnn/descriptors/attributes.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"

namespace tamp {
namespace cuda_sim {
namespace {

constexpr int64_t kMostDimensions = 8;

int64_t SizeOf(cudnnDataType_t type) {
  return type == CUDNN_DATA_HALF || type == CUDNN_DATA_BFLOAT16 ? 2 : 4;
}

}  // namespace

int64_t Tensor::num_elements() const {
  int64_t product = 1;
  for (int64_t extent : extents) product *= extent;
  return product;
}

int64_t Tensor::span() const {
  int64_t last = 0;
  for (size_t i = 0; i < extents.size(); ++i) {
    last += (extents[i] - 1) * strides[i];
  }
  return last + 1;
}

bool Tensor::overlaps() const {
  std::vector<std::pair<int64_t, int64_t>> steps;  // stride, extent
  for (size_t i = 0; i < extents.size(); ++i) {
    if (extents[i] > 1) steps.emplace_back(strides[i], extents[i]);
  }
  std::sort(steps.begin(), steps.end());
  int64_t covered = 1;  // elements from the first to behind the last
  for (const auto& [stride, extent] : steps) {
    if (stride < covered) return true;
    covered += (extent - 1) * stride;
  }
  return false;
}

cudnnStatus_t TensorDescriptor::SetAttribute(cudnnBackendAttributeName_t name,
                                             const Elements& elements) {
  switch (name) {
    case CUDNN_ATTR_TENSOR_UNIQUE_ID:
      return ReadOne(elements, CUDNN_TYPE_INT64, &tensor_.id);
    case CUDNN_ATTR_TENSOR_DATA_TYPE:
      return ReadOne(elements, CUDNN_TYPE_DATA_TYPE, &tensor_.data_type);
    case CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT:
      return ReadOne(elements, CUDNN_TYPE_INT64, &tensor_.alignment);
    case CUDNN_ATTR_TENSOR_DIMENSIONS:
      return ReadList(elements, CUDNN_TYPE_INT64, kMostDimensions,
                      &tensor_.extents);
    case CUDNN_ATTR_TENSOR_STRIDES:
      return ReadList(elements, CUDNN_TYPE_INT64, kMostDimensions,
                      &tensor_.strides);
    default:
      return UnknownAttribute(name);
  }
}

cudnnStatus_t TensorDescriptor::Check() {
  if (tensor_.extents.empty()) {
    return Refuse(CUDNN_STATUS_BAD_PARAM, "a tensor without dimensions");
  }
  if (tensor_.extents.size() != tensor_.strides.size()) {
    return Refuse(CUDNN_STATUS_BAD_PARAM,
                  "a tensor's strides are not as many as its dimensions");
  }
  if (tensor_.alignment <= 0 ||
      tensor_.alignment % SizeOf(tensor_.data_type) != 0) {
    return Refuse(CUDNN_STATUS_BAD_PARAM,
                  "a tensor's alignment is no multiple of its element's size");
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t TensorDescriptor::GetAttribute(cudnnBackendAttributeName_t name,
                                             const Room& room) const {
  switch (name) {
    case CUDNN_ATTR_TENSOR_UNIQUE_ID:
      return WriteList<int64_t>({tensor_.id}, CUDNN_TYPE_INT64, room);
    case CUDNN_ATTR_TENSOR_DATA_TYPE:
      return WriteList<cudnnDataType_t>({tensor_.data_type},
                                        CUDNN_TYPE_DATA_TYPE, room);
    case CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT:
      return Refuse(CUDNN_STATUS_NOT_SUPPORTED,
                    "the library does not tell a tensor's alignment");
    case CUDNN_ATTR_TENSOR_DIMENSIONS:
      return WriteList(tensor_.extents, CUDNN_TYPE_INT64, room);
    case CUDNN_ATTR_TENSOR_STRIDES:
      return WriteList(tensor_.strides, CUDNN_TYPE_INT64, room);
    default:
      return UnknownAttribute(name);
  }
}

}  // namespace cuda_sim
}  // namespace tamp
