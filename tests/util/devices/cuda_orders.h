// What tests know of the GPU that they run on: simulated_orders.cc, or with
// --config=cuda gpu_orders.cc.

#ifndef TAMP_TESTS_UTIL_DEVICES_CUDA_ORDERS_H_
#define TAMP_TESTS_UTIL_DEVICES_CUDA_ORDERS_H_

#include <vector>

#include "tests/cuda_sim/options.h"

namespace tamp {

bool IsCudaSimulated();

// The orders of the simulator; a GPU has its own.
std::vector<cuda_sim::Options> OrdersOfCuda();

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_CUDA_ORDERS_H_
