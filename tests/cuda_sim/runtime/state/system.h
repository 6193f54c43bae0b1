// The machine that is simulated, and the state of its devices.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_SYSTEM_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_SYSTEM_H_

#include <cuda_runtime_api.h>

#include <map>
#include <string>
#include <vector>

#include "tests/cuda_sim/runtime/simulated_devices.h"

namespace tamp {
namespace cuda_sim {

struct SystemState {
  SimulatedSystem system;
  // cudaSuccess where a device has none.
  std::map<int, cudaError_t> errors, errors_of_next_work;
};

// Called with the runtime locked.
SystemState& System();

// Why there is no device to work with; cudaSuccess where there is.
cudaError_t CheckSystem();

// The same, or the error of a broken device.
cudaError_t CheckDevice(int device);

bool HasDevice(int device);

// This thread's device.
int CurrentDevice();
void SetCurrentDevice(int device);

// Fails when streams, events or memory are left. `when` is for the message.
void CheckNothingIsLeft(const std::string& when);

// From now on CheckNothingIsLeft is called at the end of the program.
void CheckAtExit();

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_SYSTEM_H_
