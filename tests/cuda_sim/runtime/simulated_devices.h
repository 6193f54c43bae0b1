// Which devices the runtime's stand-in says that there are.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_SIMULATED_DEVICES_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_SIMULATED_DEVICES_H_

#include <cuda_runtime_api.h>

#include <cstddef>
#include <string>
#include <vector>

namespace tamp {
namespace cuda_sim {

struct SimulatedDevice {
  std::string name = "Simulated GPU";
  size_t total_bytes = size_t{4} << 30;
  int major = 9, minor = 0;     // compute capability
  int num_multiprocessors = 1;  // few: a grid that fills them is run by CPUs
};

struct SimulatedSystem {
  std::vector<SimulatedDevice> devices = {SimulatedDevice()};
  int driver_version = CUDART_VERSION;  // 0: there is no driver
};

// While one exists the program is on another machine; otherwise on one with
// the defaults above. Streams, events and memory belong to one machine: none
// may be left when it changes.
class ScopedSystem {
 public:
  explicit ScopedSystem(const SimulatedSystem& system);
  ScopedSystem(const ScopedSystem&) = delete;
  ~ScopedSystem();

 private:
  const SimulatedSystem outer_;
};

// The next work that this device runs fails with `error`, and so does every
// call from then on, as after an error of a kernel. (Who has queued the work
// does not hear of it: only who waits.) A ScopedSystem ends it.
void BreakNextWork(int device, cudaError_t error);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_SIMULATED_DEVICES_H_
