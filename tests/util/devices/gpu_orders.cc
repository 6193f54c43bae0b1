#include "tests/util/devices/cuda_orders.h"

namespace tamp {

bool IsCudaSimulated() { return false; }

std::vector<cuda_sim::Options> OrdersOfCuda() { return {cuda_sim::Options()}; }

}  // namespace tamp
