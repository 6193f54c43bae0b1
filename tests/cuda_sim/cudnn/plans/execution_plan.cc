#include "tests/cuda_sim/cudnn/plans/execution_plan.h"

#include <cstdint>

#include "tests/cuda_sim/cudnn/descriptors/attributes.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"
#include "tests/cuda_sim/cudnn/handle.h"

namespace tamp {
namespace cuda_sim {

cudnnStatus_t ExecutionPlanDescriptor::SetAttribute(
    cudnnBackendAttributeName_t name, const Elements& elements) {
  switch (name) {
    case CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG:
      return ReadValue<EngineConfigurationDescriptor>(elements, &configuration_,
                                                      &has_configuration_);
    case CUDNN_ATTR_EXECUTION_PLAN_HANDLE:
      return ReadHandle(elements, &handle_);
    case CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP:
      return ReadValue<DevicePropertiesDescriptor>(elements, &device_,
                                                   &has_device_);
    default:
      return UnknownAttribute(name);
  }
}

cudnnStatus_t ExecutionPlanDescriptor::Check() {
  if (!has_configuration_) {
    return Refuse(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED,
                  "a plan without a configuration that was finalized");
  }
  if (has_device_) {
    configuration_.device = device_;
  } else if (handle_ != nullptr) {
    configuration_.device = DeviceOf(handle_);
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t ExecutionPlanDescriptor::GetAttribute(
    cudnnBackendAttributeName_t name, const Room& room) const {
  if (name != CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE) {
    return UnknownAttribute(name);
  }
  return WriteList<int64_t>({configuration_.engine.workspace_bytes},
                            CUDNN_TYPE_INT64, room);
}

}  // namespace cuda_sim
}  // namespace tamp
