// The graph API's calls on descriptors.

#include <cudnn.h>

#include <memory>

#include "tests/cuda_sim/cudnn/descriptors/convolution.h"
#include "tests/cuda_sim/cudnn/descriptors/convolution_operation.h"
#include "tests/cuda_sim/cudnn/descriptors/descriptor.h"
#include "tests/cuda_sim/cudnn/descriptors/device_properties.h"
#include "tests/cuda_sim/cudnn/descriptors/operation_graph.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"
#include "tests/cuda_sim/cudnn/descriptors/tensor.h"
#include "tests/cuda_sim/cudnn/descriptors/variant_pack.h"
#include "tests/cuda_sim/cudnn/plans/execution_plan.h"
#include "tests/cuda_sim/cudnn/plans/heuristics.h"

namespace tamp {
namespace cuda_sim {
namespace {

std::unique_ptr<Descriptor> NewDescriptor(cudnnBackendDescriptorType_t type) {
  switch (type) {
    case CUDNN_BACKEND_TENSOR_DESCRIPTOR:
      return std::make_unique<TensorDescriptor>();
    case CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR:
      return std::make_unique<ConvolutionDescriptor>();
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR:
      return std::make_unique<ConvolutionOperationDescriptor>(
          Direction::kForward);
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR:
      return std::make_unique<ConvolutionOperationDescriptor>(
          Direction::kBackwardData);
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR:
      return std::make_unique<ConvolutionOperationDescriptor>(
          Direction::kBackwardFilter);
    case CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR:
      return std::make_unique<OperationGraphDescriptor>();
    case CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR:
      return std::make_unique<DevicePropertiesDescriptor>();
    case CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR:
      return std::make_unique<HeuristicsDescriptor>();
    case CUDNN_BACKEND_ENGINECFG_DESCRIPTOR:
      return std::make_unique<EngineConfigurationDescriptor>();
    case CUDNN_BACKEND_ENGINE_DESCRIPTOR:
      return std::make_unique<EngineDescriptor>();
    case CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR:
      return std::make_unique<ExecutionPlanDescriptor>();
    case CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR:
      return std::make_unique<VariantPackDescriptor>();
    default:
      return nullptr;
  }
}

cudnnStatus_t NullDescriptor() {
  return Refuse(CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "a null descriptor");
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp

using tamp::cuda_sim::Descriptor;
using tamp::cuda_sim::NullDescriptor;
using tamp::cuda_sim::Refuse;

extern "C" {

cudnnStatus_t cudnnBackendCreateDescriptor(
    cudnnBackendDescriptorType_t descriptorType,
    cudnnBackendDescriptor_t* descriptor) {
  auto created = tamp::cuda_sim::NewDescriptor(descriptorType);
  if (created == nullptr) {
    return Refuse(CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED,
                  "no such type of descriptors");
  }
  *descriptor = created.release();
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnBackendDestroyDescriptor(
    cudnnBackendDescriptor_t descriptor) {
  Descriptor* const destroyed = Descriptor::Of(descriptor);
  if (destroyed == nullptr) return NullDescriptor();
  delete destroyed;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t descriptor) {
  Descriptor* const finalized = Descriptor::Of(descriptor);
  return finalized == nullptr ? NullDescriptor() : finalized->Finalize();
}

cudnnStatus_t cudnnBackendSetAttribute(
    cudnnBackendDescriptor_t descriptor,
    cudnnBackendAttributeName_t attributeName,
    cudnnBackendAttributeType_t attributeType, int64_t elementCount,
    const void* arrayOfElements) {
  Descriptor* const changed = Descriptor::Of(descriptor);
  if (changed == nullptr) return NullDescriptor();
  return changed->Set(attributeName,
                      {attributeType, elementCount, arrayOfElements});
}

cudnnStatus_t cudnnBackendGetAttribute(
    cudnnBackendDescriptor_t const descriptor,
    cudnnBackendAttributeName_t attributeName,
    cudnnBackendAttributeType_t attributeType, int64_t requestedElementCount,
    int64_t* elementCount, void* arrayOfElements) {
  const Descriptor* const asked = Descriptor::Of(descriptor);
  if (asked == nullptr) return NullDescriptor();
  return asked->Get(attributeName, {attributeType, requestedElementCount,
                                    elementCount, arrayOfElements});
}

}  // extern "C"
