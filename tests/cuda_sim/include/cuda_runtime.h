// What NVIDIA's compiler reads before every source: the runtime, the language,
// and how a kernel is launched.

#ifndef TAMP_TESTS_CUDA_SIM_INCLUDE_CUDA_RUNTIME_H_
#define TAMP_TESTS_CUDA_SIM_INCLUDE_CUDA_RUNTIME_H_

#include <cuda_runtime_api.h>

#include <utility>

#include "tests/cuda_sim/language/cuda_language.h"
#include "tests/cuda_sim/runtime/launch_kernel.h"

// The arguments are converted and copied now; what they point at is read when
// the kernel runs.
template <typename... Parameters, typename... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config,
                               void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  return tamp::cuda_sim::LaunchKernelEx<Parameters...>(
      *config, kernel, std::forward<Arguments>(arguments)...);
}

#endif  // TAMP_TESTS_CUDA_SIM_INCLUDE_CUDA_RUNTIME_H_
