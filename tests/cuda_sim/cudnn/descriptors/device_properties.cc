#include "tests/cuda_sim/cudnn/descriptors/device_properties.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "tests/cuda_sim/cudnn/descriptors/attributes.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"

namespace tamp {
namespace cuda_sim {
namespace {

// What a description must have.
constexpr const char* kMembers[] = {"deviceVer",
                                    "multiProcessorCount",
                                    "warpSize",
                                    "maxSharedMemoryPerBlock",
                                    "maxSharedMemoryPerBlockOptin",
                                    "reservedSharedMemoryPerBlock",
                                    "maxRegistersPerSM",
                                    "maxCtasPerSM",
                                    "maxThreadsPerBlock",
                                    "maxThreadsPerSM",
                                    "regsPerBlock",
                                    "totalGlobalMem",
                                    "smClockRateKHz",
                                    "l2CacheSize",
                                    "maxBlockSize",
                                    "memClockRateKHz",
                                    "maxGridSize",
                                    "supportCoopLaunch",
                                    "pciDeviceId",
                                    "isTccDriver",
                                    "cudaDeviceId",
                                    "driverVer",
                                    "deviceName"};

constexpr int64_t kLongestJson = 1 << 16;

}  // namespace

cudnnStatus_t DevicePropertiesDescriptor::SetAttribute(
    cudnnBackendAttributeName_t name, const Elements& elements) {
  if (name != CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION) {
    return UnknownAttribute(name);
  }
  std::vector<char> text;
  const cudnnStatus_t status =
      ReadList(elements, CUDNN_TYPE_CHAR, kLongestJson, &text);
  if (status == CUDNN_STATUS_SUCCESS) json_.assign(text.begin(), text.end());
  return status;
}

cudnnStatus_t DevicePropertiesDescriptor::Check() {
  // The library then looks for a device.
  if (json_.empty()) {
    return Refuse(CUDNN_STATUS_NOT_INITIALIZED, "no device is described");
  }
  const auto device =
      nlohmann::json::parse(json_.c_str(), nullptr, /*allow_exceptions=*/false);
  if (!device.is_object()) {
    return Refuse(CUDNN_STATUS_BAD_PARAM, "a device's description is no JSON");
  }
  for (const char* member : kMembers) {
    if (!device.contains(member)) {
      return Refuse(CUDNN_STATUS_BAD_PARAM,
                    std::string("a device's description lacks ") + member);
    }
  }
  if (!device["deviceVer"].is_number_integer()) {
    return Refuse(CUDNN_STATUS_BAD_PARAM, "deviceVer is no number");
  }
  properties_.version = device["deviceVer"].get<int>();
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace cuda_sim
}  // namespace tamp
