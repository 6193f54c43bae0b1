#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_OPERATION_GRAPH_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_OPERATION_GRAPH_H_

#include <cudnn.h>

#include "tests/cuda_sim/cudnn/descriptors/convolution_operation.h"
#include "tests/cuda_sim/cudnn/descriptors/descriptor.h"

namespace tamp {
namespace cuda_sim {

struct OperationGraph {
  ConvolutionOperation operation;  // the only one
  cudnnHandle_t handle = nullptr;  // the library needs none
};

class OperationGraphDescriptor : public Descriptor {
 public:
  using Value = OperationGraph;
  const OperationGraph& value() const { return graph_; }

 protected:
  cudnnStatus_t SetAttribute(cudnnBackendAttributeName_t name,
                             const Elements& elements) override;
  cudnnStatus_t Check() override;

 private:
  cudnnStatus_t SetOperations(const Elements& elements);

  OperationGraph graph_;
  bool has_operation_ = false;
};

// For descriptors with a handle among their attributes.
cudnnStatus_t ReadHandle(const Elements& elements, cudnnHandle_t* handle);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_OPERATION_GRAPH_H_
