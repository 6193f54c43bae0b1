#include "tests/cuda_sim/cudnn/descriptors/descriptor.h"

#include <mutex>
#include <set>
#include <string>

#include "core/check.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"

namespace tamp {
namespace cuda_sim {
namespace {

// All descriptors that are there.
struct Register {
  std::mutex mutex;
  std::set<const void*> descriptors;
};

// Never destroyed: descriptors may outlive it otherwise.
Register& AllDescriptors() {
  static auto* descriptors = new Register;
  return *descriptors;
}

}  // namespace

Descriptor::Descriptor() {
  Register& all = AllDescriptors();
  std::lock_guard<std::mutex> lock(all.mutex);
  all.descriptors.insert(this);
}

Descriptor::~Descriptor() {
  Register& all = AllDescriptors();
  std::lock_guard<std::mutex> lock(all.mutex);
  all.descriptors.erase(this);
}

Descriptor* Descriptor::Of(cudnnBackendDescriptor_t pointer) {
  if (pointer == nullptr) return nullptr;
  Register& all = AllDescriptors();
  std::lock_guard<std::mutex> lock(all.mutex);
  CHECK(all.descriptors.count(pointer) == 1)
      << "cuDNN is given a descriptor that was destroyed or never created";
  return static_cast<Descriptor*>(pointer);
}

cudnnStatus_t Descriptor::Set(cudnnBackendAttributeName_t name,
                              const Elements& elements) {
  if (is_finalized_) {
    return Refuse(CUDNN_STATUS_BAD_PARAM,
                  "an attribute is set after the descriptor is finalized");
  }
  if (elements.data == nullptr) {
    return Refuse(CUDNN_STATUS_BAD_PARAM, "no elements of an attribute");
  }
  return SetAttribute(name, elements);
}

cudnnStatus_t Descriptor::Finalize() {
  if (is_finalized_) {
    return Refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor is finalized twice");
  }
  const cudnnStatus_t status = Check();
  is_finalized_ = status == CUDNN_STATUS_SUCCESS;
  return status;
}

cudnnStatus_t Descriptor::Get(cudnnBackendAttributeName_t name,
                              const Room& room) const {
  if (!is_finalized_) {
    return Refuse(CUDNN_STATUS_NOT_INITIALIZED,
                  "an attribute is read before the descriptor is finalized");
  }
  return GetAttribute(name, room);
}

cudnnStatus_t Descriptor::SetAttribute(cudnnBackendAttributeName_t name,
                                       const Elements&) {
  return UnknownAttribute(name);
}

cudnnStatus_t Descriptor::GetAttribute(cudnnBackendAttributeName_t name,
                                       const Room&) const {
  return UnknownAttribute(name);
}

cudnnStatus_t Descriptor::UnknownAttribute(cudnnBackendAttributeName_t name) {
  return Refuse(CUDNN_STATUS_BAD_PARAM,
                "the descriptor has no such attribute, or not for this: " +
                    std::to_string(name));
}

}  // namespace cuda_sim
}  // namespace tamp
