#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_CONVOLUTION_OPERATION_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_CONVOLUTION_OPERATION_H_

#include <cudnn.h>

#include "tests/cuda_sim/cudnn/descriptors/convolution.h"
#include "tests/cuda_sim/cudnn/descriptors/descriptor.h"
#include "tests/cuda_sim/cudnn/descriptors/tensor.h"

namespace tamp {
namespace cuda_sim {

enum class Direction { kForward, kBackwardData, kBackwardFilter };

// What is computed is written over alpha times itself, plus beta times what was
// there: y, or the gradient in the place of x or of w.
struct ConvolutionOperation {
  Direction direction;
  double alpha = 1, beta = 0;
  Convolution convolution;
  Tensor x, w, y;

  const Tensor& output() const;
};

class ConvolutionOperationDescriptor : public Descriptor {
 public:
  using Value = ConvolutionOperation;

  explicit ConvolutionOperationDescriptor(Direction direction) {
    operation_.direction = direction;
  }

  const ConvolutionOperation& value() const { return operation_; }

 protected:
  cudnnStatus_t SetAttribute(cudnnBackendAttributeName_t name,
                             const Elements& elements) override;
  cudnnStatus_t Check() override;

 private:
  ConvolutionOperation operation_;
  bool has_convolution_ = false, has_x_ = false, has_w_ = false, has_y_ = false;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_CONVOLUTION_OPERATION_H_
