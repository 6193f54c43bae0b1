// Says why the threads of a block wait for ever.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_DEADLOCK_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_DEADLOCK_H_

#include <string>
#include <vector>

#include "tests/cuda_sim/engine/cuda_thread.h"

namespace tamp {
namespace cuda_sim {

// Of all threads of a block, none of which can run and some of which have not
// ended: who waits, where, and the first that does not come.
std::string DescribeDeadlock(const std::vector<const CudaThread*>& threads);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_DEADLOCK_H_
