// Attributes from and to callers' arrays, with their types and numbers checked.

#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_ATTRIBUTES_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_ATTRIBUTES_H_

#include <cudnn.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "tests/cuda_sim/cudnn/descriptors/descriptor.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"

namespace tamp {
namespace cuda_sim {

inline cudnnStatus_t CheckType(cudnnBackendAttributeType_t given,
                               cudnnBackendAttributeType_t wanted) {
  if (given == wanted) return CUDNN_STATUS_SUCCESS;
  return Refuse(CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE,
                "an attribute is of another type");
}

// From one to `most` elements.
template <typename T>
cudnnStatus_t ReadList(const Elements& elements,
                       cudnnBackendAttributeType_t type, int64_t most,
                       std::vector<T>* list) {
  const cudnnStatus_t status = CheckType(elements.type, type);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  if (elements.count < 1 || elements.count > most) {
    return Refuse(CUDNN_STATUS_BAD_PARAM, "an attribute of another length");
  }
  list->resize(elements.count);
  std::memcpy(list->data(), elements.data, elements.count * sizeof(T));
  return CUDNN_STATUS_SUCCESS;
}

template <typename T>
cudnnStatus_t ReadOne(const Elements& elements,
                      cudnnBackendAttributeType_t type, T* value) {
  std::vector<T> list;
  const cudnnStatus_t status = ReadList(elements, type, 1, &list);
  if (status == CUDNN_STATUS_SUCCESS) *value = list[0];
  return status;
}

// Descriptors of the class D.
template <typename D>
cudnnStatus_t ReadDescriptors(const Elements& elements, int64_t most,
                              std::vector<const D*>* list) {
  std::vector<cudnnBackendDescriptor_t> pointers;
  const cudnnStatus_t status =
      ReadList(elements, CUDNN_TYPE_BACKEND_DESCRIPTOR, most, &pointers);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  list->clear();
  for (cudnnBackendDescriptor_t pointer : pointers) {
    const Descriptor* any = Descriptor::Of(pointer);
    if (any == nullptr) {
      return Refuse(CUDNN_STATUS_BAD_PARAM_NULL_POINTER,
                    "an attribute is a null descriptor");
    }
    list->push_back(dynamic_cast<const D*>(any));
    // NVIDIA's library takes it for what it is not, and may crash.
    if (list->back() == nullptr) {
      return Refuse(CUDNN_STATUS_BAD_PARAM_DESCRIPTOR_TYPE,
                    "an attribute is a descriptor of another type");
    }
  }
  return CUDNN_STATUS_SUCCESS;
}

// Copies the value of one descriptor, and whether it was finalized by then.
template <typename D>
cudnnStatus_t ReadValue(const Elements& elements, typename D::Value* value,
                        bool* was_finalized) {
  std::vector<const D*> list;
  const cudnnStatus_t status = ReadDescriptors(elements, 1, &list);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  *value = list[0]->value();
  *was_finalized = list[0]->is_finalized();
  return CUDNN_STATUS_SUCCESS;
}

// As many as fit, and their number; without room the number of all.
template <typename T>
cudnnStatus_t WriteList(const std::vector<T>& list,
                        cudnnBackendAttributeType_t type, const Room& room) {
  const cudnnStatus_t status = CheckType(room.type, type);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  auto count = static_cast<int64_t>(list.size());
  if (room.count > 0 && room.data != nullptr) {
    count = std::min(count, room.count);
    if (count > 0) std::memcpy(room.data, list.data(), count * sizeof(T));
  }
  if (room.written != nullptr) *room.written = count;
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_ATTRIBUTES_H_
