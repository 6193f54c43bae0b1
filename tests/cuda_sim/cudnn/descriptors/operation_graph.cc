#include "tests/cuda_sim/cudnn/descriptors/operation_graph.h"

#include <vector>

#include "tests/cuda_sim/cudnn/descriptors/attributes.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"

namespace tamp {
namespace cuda_sim {

cudnnStatus_t ReadHandle(const Elements& elements, cudnnHandle_t* handle) {
  const cudnnStatus_t status = ReadOne(elements, CUDNN_TYPE_HANDLE, handle);
  if (status == CUDNN_STATUS_SUCCESS && *handle == nullptr) {
    return Refuse(CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "a null handle");
  }
  return status;
}

cudnnStatus_t OperationGraphDescriptor::SetOperations(
    const Elements& elements) {
  std::vector<const ConvolutionOperationDescriptor*> operations;
  // A chain of several is a fused pattern, for which there is no engine here.
  const cudnnStatus_t status = ReadDescriptors(elements, 1, &operations);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  if (!operations[0]->is_finalized()) {
    return Refuse(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED,
                  "an operation that is not finalized");
  }
  graph_.operation = operations[0]->value();
  has_operation_ = true;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t OperationGraphDescriptor::SetAttribute(
    cudnnBackendAttributeName_t name, const Elements& elements) {
  switch (name) {
    case CUDNN_ATTR_OPERATIONGRAPH_OPS:
      return SetOperations(elements);
    case CUDNN_ATTR_OPERATIONGRAPH_HANDLE:
      return ReadHandle(elements, &graph_.handle);
    default:
      return UnknownAttribute(name);
  }
}

cudnnStatus_t OperationGraphDescriptor::Check() {
  if (has_operation_) return CUDNN_STATUS_SUCCESS;
  return Refuse(CUDNN_STATUS_BAD_PARAM, "a graph without operations");
}

}  // namespace cuda_sim
}  // namespace tamp
