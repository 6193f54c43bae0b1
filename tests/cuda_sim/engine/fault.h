// How a wrong kernel ends.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_FAULT_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_FAULT_H_

#include <string>

namespace tamp {
namespace cuda_sim {

// Prints `cuda_sim: message` and aborts: a kernel that did what CUDA does not
// define has no result to go on with.
[[noreturn]] void Fail(const std::string& message);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_FAULT_H_
