// CUDA's functions for memory. Copies and fills are judged, not done.

#include <cuda_runtime_api.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/cuda_judge/runtime/machine.h"

namespace tamp {
namespace cuda_judge {
namespace {

// One end of a copy: the GPU's or the host's, as the kind of copy says.
cudaError_t JudgeEnd(const char* what, const void* address, size_t bytes,
                     bool is_device) {
  const DeviceMemory& memory = TheMachine().memory;
  if (!is_device) {
    if (!memory.Has(address)) return cudaSuccess;
    return Refuse(cudaErrorInvalidValue,
                  absl::StrCat(what, " the host, which is the GPU's memory"));
  }
  const std::string reason = memory.Refusal(address, bytes);
  if (reason.empty()) return cudaSuccess;
  return Refuse(cudaErrorInvalidValue, absl::StrCat(what, " ", reason));
}

}  // namespace
}  // namespace cuda_judge
}  // namespace tamp

using tamp::cuda_judge::CheckStream;
using tamp::cuda_judge::JudgeEnd;
using tamp::cuda_judge::Refuse;
using tamp::cuda_judge::TheMachine;

cudaError_t cudaMalloc(void** memory, size_t bytes) {
  *memory = TheMachine().memory.Allocate(bytes, TheMachine().gpu.memory_bytes);
  if (*memory != nullptr) return cudaSuccess;
  return Refuse(cudaErrorMemoryAllocation,
                absl::StrCat("no memory for ", bytes, " bytes"));
}

cudaError_t cudaFree(void* memory) {
  if (memory == nullptr || TheMachine().memory.Free(memory)) return cudaSuccess;
  return Refuse(cudaErrorInvalidValue,
                "cudaFree of what is not a block, or was freed");
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  *total = TheMachine().gpu.memory_bytes;
  *free = *total - TheMachine().memory.bytes_taken();
  return cudaSuccess;
}

cudaError_t cudaHostAlloc(void** memory, size_t bytes, unsigned) {
  *memory = std::malloc(bytes);
  return *memory == nullptr ? cudaErrorMemoryAllocation : cudaSuccess;
}

cudaError_t cudaFreeHost(void* memory) {
  std::free(memory);
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes,
                            cudaMemcpyKind kind, cudaStream_t stream) {
  const bool to_device =
      kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  const bool from_device =
      kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  cudaError_t answer = CheckStream(stream, "cudaMemcpyAsync");
  if (answer == cudaSuccess) {
    answer = JudgeEnd("copy from", from, bytes, from_device);
  }
  return answer != cudaSuccess ? answer
                               : JudgeEnd("copy to", to, bytes, to_device);
}

cudaError_t cudaMemsetAsync(void* memory, int, size_t bytes,
                            cudaStream_t stream) {
  const cudaError_t answer = CheckStream(stream, "cudaMemsetAsync");
  return answer != cudaSuccess ? answer
                               : JudgeEnd("fill of", memory, bytes, true);
}
