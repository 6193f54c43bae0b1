// CUDA's functions for kernels.

#include <cuda_runtime_api.h>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "tests/cuda_judge/runtime/launch.h"
#include "tests/cuda_judge/runtime/machine.h"
#include "tests/cuda_judge/runtime/registered_kernels.h"

using tamp::cuda_judge::Refuse;
using tamp::cuda_judge::RegisteredKernels;
using tamp::cuda_judge::TheMachine;

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config,
                                const void* function, void** arguments) {
  return tamp::cuda_judge::JudgeLaunch({function, *config, arguments});
}

cudaError_t cudaFuncSetAttribute(const void* function, cudaFuncAttribute what,
                                 int value) {
  CHECK(what == cudaFuncAttributeMaxDynamicSharedMemorySize)
      << "the judge knows no other attribute";
  const auto kernel = RegisteredKernels().find(function);
  if (kernel == RegisteredKernels().end()) {
    return Refuse(cudaErrorInvalidDeviceFunction,
                  "an attribute of what is not a kernel");
  }
  const auto& gpu = TheMachine().gpu;
  const auto* code = kernel->second.CodeFor(gpu.architecture);
  const int own_bytes = code == nullptr ? 0 : code->shared_bytes;
  if (value + own_bytes > gpu.most_shared_bytes) {
    return Refuse(cudaErrorInvalidValue,
                  absl::StrCat(kernel->second.name, ": ", value + own_bytes,
                               " bytes of shared memory, where ", gpu.name,
                               " has ", gpu.most_shared_bytes));
  }
  TheMachine().dynamic_shared_bytes[function] = value;
  return cudaSuccess;
}

// What `kernel<<<...>>>(...)` becomes. We launch with LaunchKernel
// (core/cuda/launch.h), which notes the answer.
extern "C" {

unsigned __cudaPushCallConfiguration(dim3, dim3, size_t, void*) {
  CHECK(false) << "a kernel is launched with <<<>>>, not with LaunchKernel";
  return 1;
}

// Stubs that nobody calls name these, too.
cudaError_t __cudaPopCallConfiguration(dim3*, dim3*, size_t*, void*) {
  return cudaErrorNotSupported;
}
cudaError_t __cudaGetKernel(void**, const void*) {
  return cudaErrorNotSupported;
}
cudaError_t __cudaLaunchKernel(void*, dim3, dim3, void**, size_t, void*) {
  return cudaErrorNotSupported;
}

}  // extern "C"
