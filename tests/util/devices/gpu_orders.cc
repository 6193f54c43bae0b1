#include "tests/util/devices/cuda_kernel_test.h"

namespace tamp {

std::vector<cuda_sim::Options> OrdersOfCuda() { return {cuda_sim::Options()}; }

}  // namespace tamp
