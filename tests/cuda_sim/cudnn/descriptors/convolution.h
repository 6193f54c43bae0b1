#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_CONVOLUTION_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_CONVOLUTION_H_

#include <cudnn.h>

#include <cstdint>
#include <vector>

#include "tests/cuda_sim/cudnn/descriptors/descriptor.h"

namespace tamp {
namespace cuda_sim {

struct Convolution {
  cudnnDataType_t compute_type = CUDNN_DATA_FLOAT;
  cudnnConvolutionMode_t mode = CUDNN_CONVOLUTION;
  int64_t num_spatial_dims = 0;
  // One for each spatial dimension.
  std::vector<int64_t> pad_before, pad_after, stride, dilation;
};

class ConvolutionDescriptor : public Descriptor {
 public:
  using Value = Convolution;
  const Convolution& value() const { return convolution_; }

 protected:
  cudnnStatus_t SetAttribute(cudnnBackendAttributeName_t name,
                             const Elements& elements) override;
  cudnnStatus_t Check() override;

 private:
  Convolution convolution_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_CONVOLUTION_H_
