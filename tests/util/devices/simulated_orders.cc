#include "tests/util/devices/cuda_orders.h"

namespace tamp {

bool IsCudaSimulated() { return true; }

std::vector<cuda_sim::Options> OrdersOfCuda() { return cuda_sim::AllOrders(); }

}  // namespace tamp
