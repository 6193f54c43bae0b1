#include "core/cuda/cudnn/plan_target.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

// Numbers of NVIDIA's data sheets, and of the tables of compute capabilities in
// the CUDA programming guide.
constexpr char kH100[] = R"({
  "deviceName": "NVIDIA H100 80GB HBM3", "deviceVer": 900,
  "multiProcessorCount": 132, "maxSharedMemoryPerBlockOptin": 232448,
  "maxCtasPerSM": 32, "maxThreadsPerSM": 2048, "l2CacheSize": 52428800,
  "smClockRateKHz": 1980000, "memClockRateKHz": 2619000,
  "totalGlobalMem": 85000000000, "warpSize": 32, "maxSharedMemoryPerBlock": 49152,
  "reservedSharedMemoryPerBlock": 1024, "maxRegistersPerSM": 65536,
  "maxThreadsPerBlock": 1024, "regsPerBlock": 65536,
  "maxBlockSize": [1024, 1024, 64], "maxGridSize": [2147483647, 65535, 65535],
  "supportCoopLaunch": 1, "pciDeviceId": 0, "isTccDriver": 0,
  "cudaDeviceId": 0, "driverVer": 13000
})";
constexpr char kA100[] = R"({
  "deviceName": "NVIDIA A100-SXM4-80GB", "deviceVer": 800,
  "multiProcessorCount": 108, "maxSharedMemoryPerBlockOptin": 166912,
  "maxCtasPerSM": 32, "maxThreadsPerSM": 2048, "l2CacheSize": 41943040,
  "smClockRateKHz": 1410000, "memClockRateKHz": 1593000,
  "totalGlobalMem": 85000000000, "warpSize": 32, "maxSharedMemoryPerBlock": 49152,
  "reservedSharedMemoryPerBlock": 1024, "maxRegistersPerSM": 65536,
  "maxThreadsPerBlock": 1024, "regsPerBlock": 65536,
  "maxBlockSize": [1024, 1024, 64], "maxGridSize": [2147483647, 65535, 65535],
  "supportCoopLaunch": 1, "pciDeviceId": 0, "isTccDriver": 0,
  "cudaDeviceId": 0, "driverVer": 13000
})";

}  // namespace

absl::StatusOr<PlanTarget> PlanTarget::Described(const std::string& json) {
  RETURN_IF_ERROR(CheckCudnnVersion(cudnnGetVersion()));
  CudnnDescriptor device(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR,
                         "device properties");
  // The final 0 belongs to the text.
  device.Set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION,
             absl::MakeConstSpan(json.c_str(), json.size() + 1));
  RETURN_IF_ERROR(device.Finalize());
  return PlanTarget(std::move(device));
}

void PlanTarget::SetOnGraph(CudnnDescriptor* graph) const {
  if (!device_) graph->Set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, handle_);
}

void PlanTarget::SetOnHeuristics(CudnnDescriptor* heuristics) const {
  if (device_) heuristics->Set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, *device_);
}

void PlanTarget::SetOnPlan(CudnnDescriptor* plan) const {
  if (device_) {
    plan->Set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, *device_);
  } else {
    plan->Set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, handle_);
  }
}

absl::StatusOr<std::string> DeviceDescription(absl::string_view name) {
  if (name == "h100") return std::string(kH100);
  if (name == "a100") return std::string(kA100);
  return absl::InvalidArgumentError(
      absl::StrCat("no description of a device \"", name,
                   "\": there are \"h100\" and \"a100\""));
}

}  // namespace tamp
