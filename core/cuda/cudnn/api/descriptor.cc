#include "core/cuda/cudnn/api/descriptor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/cuda/cudnn/api/cudnn_status.h"
#include "core/status_macros.h"

namespace tamp {

CudnnDescriptor::CudnnDescriptor(cudnnBackendDescriptorType_t type,
                                 std::string name)
    : name_(std::move(name)) {
  cudnnBackendDescriptor_t descriptor = nullptr;
  const cudnnStatus_t answer = cudnnBackendCreateDescriptor(type, &descriptor);
  if (answer != CUDNN_STATUS_SUCCESS) {
    status_ =
        CudnnStatus(answer, absl::StrCat("cudnnBackendCreateDescriptor(", name_,
                                         ", type ", int{type}, ")"));
  }
  descriptor_.reset(descriptor);
}

std::string CudnnDescriptor::Call(const char* function,
                                  cudnnBackendAttributeName_t attribute) const {
  return absl::StrCat(function, "(", name_, ", attribute ", int{attribute},
                      ")");
}

void CudnnDescriptor::SetElements(cudnnBackendAttributeName_t attribute,
                                  cudnnBackendAttributeType_t type,
                                  int64_t count, const void* values) {
  if (!status_.ok()) return;
  const cudnnStatus_t answer =
      cudnnBackendSetAttribute(get(), attribute, type, count, values);
  if (answer == CUDNN_STATUS_SUCCESS) return;
  status_ = CudnnStatus(answer, Call("cudnnBackendSetAttribute", attribute));
}

void CudnnDescriptor::Set(cudnnBackendAttributeName_t attribute,
                          const CudnnDescriptor& value) {
  const cudnnBackendDescriptor_t descriptor = value.get();
  SetElements(attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &descriptor);
}

absl::Status CudnnDescriptor::Finalize() {
  if (!status_.ok()) return status_;
  const cudnnStatus_t answer = cudnnBackendFinalize(get());
  if (answer == CUDNN_STATUS_SUCCESS) return absl::OkStatus();
  status_ =
      CudnnStatus(answer, absl::StrCat("cudnnBackendFinalize(", name_, ")"));
  return status_;
}

absl::StatusOr<int64_t> CudnnDescriptor::GetElements(
    cudnnBackendAttributeName_t attribute, cudnnBackendAttributeType_t type,
    int64_t room, void* values) const {
  int64_t count = 0;
  RETURN_IF_ERROR(CudnnStatus(
      cudnnBackendGetAttribute(get(), attribute, type, room, &count, values),
      Call("cudnnBackendGetAttribute", attribute)));
  return count;
}

absl::StatusOr<int64_t> CudnnDescriptor::GetInt64(
    cudnnBackendAttributeName_t attribute) const {
  ASSIGN_OR_RETURN(const std::vector<int64_t> values,
                   Get<int64_t>(attribute, 1));
  if (values.size() == 1) return values[0];
  return absl::InternalError(
      absl::StrCat(Call("cudnnBackendGetAttribute", attribute), ": no value"));
}

absl::StatusOr<std::vector<CudnnDescriptor>> CudnnDescriptor::GetDescriptors(
    cudnnBackendAttributeName_t attribute, cudnnBackendDescriptorType_t type,
    const std::string& name) const {
  ASSIGN_OR_RETURN(int64_t count,
                   GetElements(attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR,
                               /*room=*/0, nullptr));
  // cuDNN fills descriptors that exist already.
  std::vector<CudnnDescriptor> descriptors;
  std::vector<cudnnBackendDescriptor_t> filled;
  for (int64_t i = 0; i < count; ++i) {
    descriptors.emplace_back(type, name);
    RETURN_IF_ERROR(descriptors.back().status_);
    filled.push_back(descriptors.back().get());
  }
  if (count == 0) return descriptors;
  ASSIGN_OR_RETURN(count, GetElements(attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR,
                                      count, filled.data()));
  // They may be fewer than announced.
  while (static_cast<int64_t>(descriptors.size()) > count) {
    descriptors.pop_back();
  }
  return descriptors;
}

}  // namespace tamp
