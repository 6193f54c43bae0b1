#include "tests/cuda_sim/runtime/state/system.h"

#include <cstdlib>

#include "tests/cuda_sim/engine/fault.h"
#include "tests/cuda_sim/runtime/state/memory.h"
#include "tests/cuda_sim/runtime/state/streams.h"

namespace tamp {
namespace cuda_sim {

namespace {

thread_local int current_device = 0;

}  // namespace

SystemState& System() {
  static SystemState& state = *new SystemState;
  return state;
}

cudaError_t CheckSystem() {
  const SimulatedSystem& system = System().system;
  // Within a major version of CUDA a driver may be older than the runtime.
  if (system.driver_version / 1000 < CUDART_VERSION / 1000) {
    return cudaErrorInsufficientDriver;
  }
  return system.devices.empty() ? cudaErrorNoDevice : cudaSuccess;
}

cudaError_t CheckDevice(int device) {
  const cudaError_t error = CheckSystem();
  if (error != cudaSuccess) return error;
  const auto found = System().errors.find(device);
  return found == System().errors.end() ? cudaSuccess : found->second;
}

bool HasDevice(int device) {
  return device >= 0 &&
         device < static_cast<int>(System().system.devices.size());
}

int CurrentDevice() { return HasDevice(current_device) ? current_device : 0; }

void SetCurrentDevice(int device) { current_device = device; }

void CheckNothingIsLeft(const std::string& when) {
  std::string left = Streams::Get().DescribeLeft();
  const std::string memory = SimulatedMemory::Get().DescribeLeft();
  if (!memory.empty()) left += (left.empty() ? "" : ", ") + memory;
  if (!left.empty()) Fail("left " + when + ": " + left);
}

void CheckAtExit() {
  static const bool is_registered [[maybe_unused]] =
      std::atexit([] { CheckNothingIsLeft("at the end of the program"); }) == 0;
}

}  // namespace cuda_sim
}  // namespace tamp
