#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_TENSOR_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_TENSOR_H_

#include <cudnn.h>

#include <cstdint>
#include <vector>

#include "tests/cuda_sim/cudnn/descriptors/descriptor.h"

namespace tamp {
namespace cuda_sim {

struct Tensor {
  int64_t id = 0;
  cudnnDataType_t data_type = CUDNN_DATA_FLOAT;
  int64_t alignment = 0;  // in bytes
  std::vector<int64_t> extents;
  std::vector<int64_t> strides;  // in elements

  int64_t num_elements() const;
  int64_t span() const;  // from the first to the last element, both counted
  // Whether a stride does not step over all that smaller ones reach.
  bool overlaps() const;
};

class TensorDescriptor : public Descriptor {
 public:
  using Value = Tensor;
  const Tensor& value() const { return tensor_; }

 protected:
  cudnnStatus_t SetAttribute(cudnnBackendAttributeName_t name,
                             const Elements& elements) override;
  cudnnStatus_t Check() override;
  cudnnStatus_t GetAttribute(cudnnBackendAttributeName_t name,
                             const Room& room) const override;

 private:
  Tensor tensor_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_TENSOR_H_
