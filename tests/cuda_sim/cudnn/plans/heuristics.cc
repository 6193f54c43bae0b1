#include "tests/cuda_sim/cudnn/plans/heuristics.h"

#include <algorithm>

#include "tests/cuda_sim/cudnn/descriptors/attributes.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"
#include "tests/cuda_sim/cudnn/handle.h"

namespace tamp {
namespace cuda_sim {
namespace {

// A descriptor of class D that an attribute is to be written into, out of the
// caller's array.
template <typename D>
cudnnStatus_t DescriptorToFill(cudnnBackendDescriptor_t pointer, D** to) {
  Descriptor* any = Descriptor::Of(pointer);
  if (any == nullptr) {
    return Refuse(CUDNN_STATUS_BAD_PARAM_NULL_POINTER,
                  "an attribute goes into a null descriptor");
  }
  *to = dynamic_cast<D*>(any);
  if (*to == nullptr) {
    return Refuse(CUDNN_STATUS_BAD_PARAM_DESCRIPTOR_TYPE,
                  "an attribute goes into a descriptor of another type");
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t NotByCallers() {
  return Refuse(CUDNN_STATUS_BAD_PARAM,
                "engines and their configurations come from heuristics here");
}

}  // namespace

void EngineDescriptor::Fill(const Engine& engine) {
  engine_ = engine;
  MarkFinalized();
}

cudnnStatus_t EngineDescriptor::Check() { return NotByCallers(); }

cudnnStatus_t EngineDescriptor::GetAttribute(cudnnBackendAttributeName_t name,
                                             const Room& room) const {
  switch (name) {
    case CUDNN_ATTR_ENGINE_GLOBAL_INDEX:
      return WriteList<int64_t>({engine_.index}, CUDNN_TYPE_INT64, room);
    case CUDNN_ATTR_ENGINE_NUMERICAL_NOTE:
      return WriteList(engine_.numerical_notes, CUDNN_TYPE_NUMERICAL_NOTE,
                       room);
    case CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE:
      return WriteList(engine_.behavior_notes, CUDNN_TYPE_BEHAVIOR_NOTE, room);
    default:
      return UnknownAttribute(name);
  }
}

void EngineConfigurationDescriptor::Fill(
    const EngineConfiguration& configuration) {
  configuration_ = configuration;
  MarkFinalized();
}

cudnnStatus_t EngineConfigurationDescriptor::Check() { return NotByCallers(); }

cudnnStatus_t EngineConfigurationDescriptor::GetAttribute(
    cudnnBackendAttributeName_t name, const Room& room) const {
  if (name != CUDNN_ATTR_ENGINECFG_ENGINE) return UnknownAttribute(name);
  cudnnStatus_t status = CheckType(room.type, CUDNN_TYPE_BACKEND_DESCRIPTOR);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  if (room.count > 0 && room.data != nullptr) {
    EngineDescriptor* engine;
    status = DescriptorToFill(
        static_cast<cudnnBackendDescriptor_t*>(room.data)[0], &engine);
    if (status != CUDNN_STATUS_SUCCESS) return status;
    engine->Fill(configuration_.engine);
  }
  if (room.written != nullptr) *room.written = 1;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t HeuristicsDescriptor::SetAttribute(
    cudnnBackendAttributeName_t name, const Elements& elements) {
  switch (name) {
    case CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH:
      has_graph_ = true;
      return ReadValue<OperationGraphDescriptor>(elements, &graph_,
                                                 &is_graph_finalized_);
    case CUDNN_ATTR_ENGINEHEUR_MODE:
      return ReadOne(elements, CUDNN_TYPE_HEUR_MODE, &mode_);
    case CUDNN_ATTR_ENGINEHEUR_DEVICEPROP:
      return ReadValue<DevicePropertiesDescriptor>(elements, &device_,
                                                   &has_device_);
    default:
      return UnknownAttribute(name);
  }
}

cudnnStatus_t HeuristicsDescriptor::Check() {
  if (!has_graph_) {
    return Refuse(CUDNN_STATUS_BAD_PARAM, "heuristics without a graph");
  }
  if (!is_graph_finalized_) {
    return Refuse(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED,
                  "heuristics of a graph that is not finalized");
  }
  if (mode_ < 0 || mode_ >= CUDNN_HEUR_MODES_COUNT) {
    return Refuse(CUDNN_STATUS_BAD_PARAM, "no such mode of heuristics");
  }
  if (!has_device_) {
    if (graph_.handle == nullptr) {
      return Refuse(CUDNN_STATUS_NOT_INITIALIZED,
                    "heuristics know no device, by handle or description");
    }
    device_ = DeviceOf(graph_.handle);
  }
  engines_ = EnginesFor(graph_.operation, device_, mode_);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t HeuristicsDescriptor::GetAttribute(
    cudnnBackendAttributeName_t name, const Room& room) const {
  if (name != CUDNN_ATTR_ENGINEHEUR_RESULTS) return UnknownAttribute(name);
  cudnnStatus_t status = CheckType(room.type, CUDNN_TYPE_BACKEND_DESCRIPTOR);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  // As the library does: it counts before it looks closely, and then may give
  // fewer than it promised.
  auto count = static_cast<int64_t>(engines_.size()) + 1;
  if (room.count > 0 && room.data != nullptr) {
    count = std::min<int64_t>(room.count, engines_.size());
    for (int64_t i = 0; i < count; ++i) {
      EngineConfigurationDescriptor* configuration;
      status = DescriptorToFill(
          static_cast<cudnnBackendDescriptor_t*>(room.data)[i], &configuration);
      if (status != CUDNN_STATUS_SUCCESS) return status;
      configuration->Fill({engines_[i], graph_.operation, device_});
    }
  }
  if (room.written != nullptr) *room.written = count;
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace cuda_sim
}  // namespace tamp
