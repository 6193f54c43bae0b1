// What all descriptors of the graph API share: attributes are set, then the
// descriptor is finalized, then attributes can be read.

#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_DESCRIPTOR_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_DESCRIPTOR_H_

#include <cudnn.h>

#include <cstdint>

namespace tamp {
namespace cuda_sim {

// An attribute as it is given.
struct Elements {
  cudnnBackendAttributeType_t type;
  int64_t count;
  const void* data;
};

// Where an attribute goes.
struct Room {
  cudnnBackendAttributeType_t type;
  int64_t count;     // of elements that fit
  int64_t* written;  // may be null
  void* data;        // null asks for the number alone
};

class Descriptor {
 public:
  Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  virtual ~Descriptor();

  // The descriptor of a caller's pointer, null for null. Aborts when it was
  // destroyed, or never created: NVIDIA's library would read what lies there.
  static Descriptor* Of(cudnnBackendDescriptor_t pointer);

  bool is_finalized() const { return is_finalized_; }

  cudnnStatus_t Set(cudnnBackendAttributeName_t name, const Elements& elements);
  cudnnStatus_t Finalize();
  cudnnStatus_t Get(cudnnBackendAttributeName_t name, const Room& room) const;

 protected:
  // Of a descriptor that is not finalized. What is not told apart by a status
  // of its own is UnknownAttribute().
  virtual cudnnStatus_t SetAttribute(cudnnBackendAttributeName_t name,
                                     const Elements& elements);
  virtual cudnnStatus_t Check() = 0;
  // Of a finalized one.
  virtual cudnnStatus_t GetAttribute(cudnnBackendAttributeName_t name,
                                     const Room& room) const;

  static cudnnStatus_t UnknownAttribute(cudnnBackendAttributeName_t name);
  // For descriptors that others fill in: a configuration by heuristics.
  void MarkFinalized() { is_finalized_ = true; }

 private:
  bool is_finalized_ = false;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_DESCRIPTOR_H_
