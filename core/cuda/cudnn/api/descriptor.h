// CudnnDescriptor: one of the descriptors of which cuDNN's graph API is made.
//
//   CudnnDescriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR, "tensor x");
//   tensor.Set(CUDNN_ATTR_TENSOR_UNIQUE_ID, id);
//   tensor.Set(CUDNN_ATTR_TENSOR_DIMENSIONS, absl::MakeConstSpan(dims));
//   RETURN_IF_ERROR(tensor.Finalize());
//
// The first error is noted, later calls of Set do nothing, and Finalize returns
// it: with the call, the descriptor's name, the attribute's number in cuDNN's
// headers, and what cuDNN says. Texts are only made of errors, since each call
// of a plan has a descriptor of its own.

#ifndef TAMP_CORE_CUDA_CUDNN_API_DESCRIPTOR_H_
#define TAMP_CORE_CUDA_CUDNN_API_DESCRIPTOR_H_

#include <cudnn.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace tamp {

// How cuDNN calls the type of an attribute's elements.
template <typename T>
struct CudnnAttributeType;

#define TAMP_CUDNN_ATTRIBUTE_TYPE(type, name)                  \
  template <>                                                  \
  struct CudnnAttributeType<type> {                            \
    static constexpr cudnnBackendAttributeType_t value = name; \
  }
TAMP_CUDNN_ATTRIBUTE_TYPE(char, CUDNN_TYPE_CHAR);
TAMP_CUDNN_ATTRIBUTE_TYPE(cudnnBackendHeurMode_t, CUDNN_TYPE_HEUR_MODE);
TAMP_CUDNN_ATTRIBUTE_TYPE(cudnnBackendNumericalNote_t,
                          CUDNN_TYPE_NUMERICAL_NOTE);
TAMP_CUDNN_ATTRIBUTE_TYPE(cudnnConvolutionMode_t, CUDNN_TYPE_CONVOLUTION_MODE);
TAMP_CUDNN_ATTRIBUTE_TYPE(cudnnDataType_t, CUDNN_TYPE_DATA_TYPE);
TAMP_CUDNN_ATTRIBUTE_TYPE(cudnnHandle_t, CUDNN_TYPE_HANDLE);
TAMP_CUDNN_ATTRIBUTE_TYPE(float, CUDNN_TYPE_FLOAT);
TAMP_CUDNN_ATTRIBUTE_TYPE(int64_t, CUDNN_TYPE_INT64);
TAMP_CUDNN_ATTRIBUTE_TYPE(void*, CUDNN_TYPE_VOID_PTR);
#undef TAMP_CUDNN_ATTRIBUTE_TYPE

class CudnnDescriptor {
 public:
  // `name` is for errors.
  CudnnDescriptor(cudnnBackendDescriptorType_t type, std::string name);

  // Several elements, or one.
  template <typename T>
  void Set(cudnnBackendAttributeName_t attribute, absl::Span<const T> values) {
    SetElements(attribute, CudnnAttributeType<T>::value,
                static_cast<int64_t>(values.size()), values.data());
  }
  template <typename T>
  void Set(cudnnBackendAttributeName_t attribute, const T& value) {
    Set(attribute, absl::Span<const T>(&value, 1));
  }
  // Another descriptor, finalized, which must outlive this one.
  void Set(cudnnBackendAttributeName_t attribute, const CudnnDescriptor& value);

  absl::Status Finalize();

  // At most `room` elements of an attribute.
  template <typename T>
  absl::StatusOr<std::vector<T>> Get(cudnnBackendAttributeName_t attribute,
                                     int64_t room) const {
    std::vector<T> values(static_cast<size_t>(room));
    absl::StatusOr<int64_t> count = GetElements(
        attribute, CudnnAttributeType<T>::value, room, values.data());
    if (!count.ok()) return std::move(count).status();
    values.resize(static_cast<size_t>(std::min(*count, room)));
    return values;
  }
  // The one element of an attribute.
  absl::StatusOr<int64_t> GetInt64(cudnnBackendAttributeName_t attribute) const;
  // The descriptors of an attribute, of `type`.
  absl::StatusOr<std::vector<CudnnDescriptor>> GetDescriptors(
      cudnnBackendAttributeName_t attribute, cudnnBackendDescriptorType_t type,
      const std::string& name) const;

  cudnnBackendDescriptor_t get() const { return descriptor_.get(); }

 private:
  struct Destroyer {
    void operator()(cudnnBackendDescriptor_t descriptor) const {
      cudnnBackendDestroyDescriptor(descriptor);
    }
  };

  void SetElements(cudnnBackendAttributeName_t attribute,
                   cudnnBackendAttributeType_t type, int64_t count,
                   const void* values);
  // Returns how many there are; `values` gets at most `room` of them.
  absl::StatusOr<int64_t> GetElements(cudnnBackendAttributeName_t attribute,
                                      cudnnBackendAttributeType_t type,
                                      int64_t room, void* values) const;
  std::string Call(const char* function,
                   cudnnBackendAttributeName_t attribute) const;

  // cudnnBackendDescriptor_t is void*.
  std::unique_ptr<void, Destroyer> descriptor_;
  std::string name_;
  absl::Status status_;
};

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_API_DESCRIPTOR_H_
