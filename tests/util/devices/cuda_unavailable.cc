#include "tests/util/devices/cuda_available.h"

namespace tamp {

std::vector<AvailableDevice> AvailableCudaDevices() { return {}; }

}  // namespace tamp
