// The described GPU, and what the program has made on it.

#ifndef TAMP_TESTS_CUDA_JUDGE_RUNTIME_MACHINE_H_
#define TAMP_TESTS_CUDA_JUDGE_RUNTIME_MACHINE_H_

#include <cuda_runtime_api.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/cuda_judge/runtime/device_memory.h"
#include "tests/cuda_judge/runtime/gpu.h"

namespace tamp {
namespace cuda_judge {

struct Machine {
  Gpu gpu = kH100;
  DeviceMemory memory;
  std::set<cudaStream_t> streams;
  std::set<cudaEvent_t> events;
  // cudaFuncAttributeMaxDynamicSharedMemorySize of kernels that have set it.
  std::map<const void*, int> dynamic_shared_bytes;
  std::set<const void*> launched;
  std::vector<std::string> findings;
};

Machine& TheMachine();

// Notes what is wrong, and returns the answer to it.
cudaError_t Refuse(cudaError_t answer, const std::string& finding);

// Refuses a stream that there is not, and the default one, which makes all
// others wait.
cudaError_t CheckStream(cudaStream_t stream, const char* call);

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_RUNTIME_MACHINE_H_
