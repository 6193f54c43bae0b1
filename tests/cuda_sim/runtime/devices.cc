// Which devices there are.

#include <cuda_runtime_api.h>

#include <mutex>

#include "tests/cuda_sim/engine/shared_memory.h"
#include "tests/cuda_sim/runtime/state/api_call.h"
#include "tests/cuda_sim/runtime/state/system.h"

namespace tamp {
namespace cuda_sim {
namespace {

// Calls body(description) for a device that there is.
template <typename Body>
cudaError_t DescribeDevice(int device, const Body& body) {
  return ApiCall([&] {
    const cudaError_t error = CheckSystem();
    if (error != cudaSuccess) return error;
    if (!HasDevice(device)) return cudaErrorInvalidDevice;
    return body(System().system.devices[device]);
  });
}

}  // namespace

ScopedSystem::ScopedSystem(const SimulatedSystem& system)
    : outer_(System().system) {
  const std::lock_guard<std::mutex> lock(RuntimeMutex());
  CheckNothingIsLeft("when the machine changes");
  System() = {system, {}, {}};
}

ScopedSystem::~ScopedSystem() {
  const std::lock_guard<std::mutex> lock(RuntimeMutex());
  CheckNothingIsLeft("when the machine changes");
  System() = {outer_, {}, {}};
}

void BreakNextWork(int device, cudaError_t error) {
  const std::lock_guard<std::mutex> lock(RuntimeMutex());
  System().errors_of_next_work[device] = error;
}

}  // namespace cuda_sim
}  // namespace tamp

using tamp::cuda_sim::ApiCall;
using tamp::cuda_sim::SimulatedDevice;

cudaError_t cudaDriverGetVersion(int* version) {
  return ApiCall([&] {
    *version = tamp::cuda_sim::System().system.driver_version;
    return cudaSuccess;
  });
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  return ApiCall([&] {
    *count = 0;
    const cudaError_t error = tamp::cuda_sim::CheckSystem();
    if (error != cudaSuccess) return error;
    *count = tamp::cuda_sim::System().system.devices.size();
    return cudaSuccess;
  });
}

cudaError_t cudaGetDevice(int* device) {
  return ApiCall([&] {
    *device = tamp::cuda_sim::CurrentDevice();
    return tamp::cuda_sim::CheckSystem();
  });
}

cudaError_t cudaSetDevice(int device) {
  return tamp::cuda_sim::DescribeDevice(device, [&](const SimulatedDevice&) {
    tamp::cuda_sim::SetCurrentDevice(device);
    return cudaSuccess;
  });
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute,
                                   int device) {
  const auto answer = [&](const SimulatedDevice& description) {
    switch (attribute) {
      case cudaDevAttrMaxSharedMemoryPerBlock:
        *value = tamp::cuda_sim::kMaxSharedBytes;
        return cudaSuccess;
      case cudaDevAttrWarpSize:
        *value = 32;
        return cudaSuccess;
      case cudaDevAttrMultiProcessorCount:
        *value = description.num_multiprocessors;
        return cudaSuccess;
      case cudaDevAttrComputeCapabilityMajor:
        *value = description.major;
        return cudaSuccess;
      case cudaDevAttrComputeCapabilityMinor:
        *value = description.minor;
        return cudaSuccess;
    }
    return cudaErrorInvalidValue;
  };
  return tamp::cuda_sim::DescribeDevice(device, answer);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  const auto answer = [&](const SimulatedDevice& description) {
    *properties = {};
    description.name.copy(properties->name, sizeof properties->name - 1);
    properties->totalGlobalMem = description.total_bytes;
    properties->sharedMemPerBlock = tamp::cuda_sim::kMaxSharedBytes;
    properties->warpSize = 32;
    properties->maxThreadsPerBlock = 1024;
    properties->major = description.major;
    properties->minor = description.minor;
    properties->multiProcessorCount = description.num_multiprocessors;
    return cudaSuccess;
  };
  return tamp::cuda_sim::DescribeDevice(device, answer);
}
