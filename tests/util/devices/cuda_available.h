#ifndef TAMP_TESTS_UTIL_DEVICES_CUDA_AVAILABLE_H_
#define TAMP_TESTS_UTIL_DEVICES_CUDA_AVAILABLE_H_

#include <vector>

#include "tests/util/devices/available_devices.h"

namespace tamp {

// A simulated GPU; with --config=cuda a real one, if this machine has it. None
// on processors that the simulator does not know.
std::vector<AvailableDevice> AvailableCudaDevices();

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_CUDA_AVAILABLE_H_
