// Whether work may use memory.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_RANGES_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_RANGES_H_

#include <string>

#include "tests/cuda_sim/runtime/queue_work.h"

namespace tamp {
namespace cuda_sim {

// Fails unless the range lies in one block that is not freed, of that device
// (or kPinned). `user` is for the message: a call, or a kernel's argument.
// Called with the runtime locked.
void CheckRange(const std::string& user, int device, const MemoryRange& range);

// Fails when memory of work that was checked before is freed by now.
void CheckStillThere(const Work& work);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_RANGES_H_
