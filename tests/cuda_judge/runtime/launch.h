// What a launch must be, for a kernel's code and a GPU.

#ifndef TAMP_TESTS_CUDA_JUDGE_RUNTIME_LAUNCH_H_
#define TAMP_TESTS_CUDA_JUDGE_RUNTIME_LAUNCH_H_

#include <cuda_runtime_api.h>

#include "tests/cuda_judge/runtime/registered_kernels.h"

namespace tamp {
namespace cuda_judge {

struct Launch {
  const void* function;  // of the host
  const cudaLaunchConfig_t& config;
  void** arguments;  // pointers to them
};

// Answers as CUDA does, and notes what is wrong.
cudaError_t JudgeLaunch(const Launch& launch);

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_RUNTIME_LAUNCH_H_
