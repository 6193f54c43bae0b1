// CUDA's functions of memory.

#include <cuda_runtime_api.h>

#include <string>

#include "tests/cuda_sim/engine/fault.h"
#include "tests/cuda_sim/runtime/state/api_call.h"
#include "tests/cuda_sim/runtime/state/memory.h"
#include "tests/cuda_sim/runtime/state/streams.h"
#include "tests/cuda_sim/runtime/state/system.h"

namespace tamp {
namespace cuda_sim {
namespace {

size_t FreeBytes(int device) {
  return System().system.devices[device].total_bytes -
         SimulatedMemory::Get().used_bytes(device);
}

cudaError_t Allocate(int device, size_t bytes, void** memory) {
  cudaError_t error = CheckDevice(CurrentDevice());
  if (error == cudaSuccess) error = Streams::Get().CheckUnsafeCall();
  if (error != cudaSuccess) return error;
  *memory = nullptr;
  if (bytes == 0) return cudaSuccess;
  if (device != kPinned && bytes > FreeBytes(device)) {
    return cudaErrorMemoryAllocation;
  }
  CheckAtExit();
  *memory = SimulatedMemory::Get().Allocate(device, bytes);
  return *memory == nullptr ? cudaErrorMemoryAllocation : cudaSuccess;
}

cudaError_t Free(const char* call, int device, void* memory) {
  if (memory == nullptr) return CheckSystem();
  const cudaError_t unsafe = Streams::Get().CheckUnsafeCall();
  if (unsafe != cudaSuccess) return unsafe;
  const MemoryBlock* block = SimulatedMemory::Get().Find(memory);
  const int owner =
      block == nullptr || device == kPinned ? CurrentDevice() : block->device;
  const cudaError_t error = CheckDevice(owner);
  // A broken device does nothing with its memory any more.
  if (block != nullptr && error == cudaSuccess) {
    Streams::Get().CheckUnused(std::string(call) + " of " + NameOf(*block),
                               block->begin, block->end());
  }
  SimulatedMemory::Get().Free(call, device, memory);
  return error;
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp

using tamp::cuda_sim::ApiCall;
using tamp::cuda_sim::CurrentDevice;
using tamp::cuda_sim::kPinned;

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  return ApiCall([&] {
    const cudaError_t error = tamp::cuda_sim::CheckDevice(CurrentDevice());
    if (error != cudaSuccess) return error;
    *free = tamp::cuda_sim::FreeBytes(CurrentDevice());
    *total =
        tamp::cuda_sim::System().system.devices[CurrentDevice()].total_bytes;
    return cudaSuccess;
  });
}

cudaError_t cudaMalloc(void** memory, size_t bytes) {
  return ApiCall(
      [&] { return tamp::cuda_sim::Allocate(CurrentDevice(), bytes, memory); });
}

cudaError_t cudaFree(void* memory) {
  return ApiCall([&] {
    return tamp::cuda_sim::Free("cudaFree", CurrentDevice(), memory);
  });
}

cudaError_t cudaHostAlloc(void** memory, size_t bytes, unsigned flags) {
  return ApiCall([&] {
    if (flags != cudaHostAllocDefault) return cudaErrorInvalidValue;
    return tamp::cuda_sim::Allocate(kPinned, bytes, memory);
  });
}

cudaError_t cudaMallocHost(void** memory, size_t bytes) {
  return cudaHostAlloc(memory, bytes, cudaHostAllocDefault);
}

cudaError_t cudaFreeHost(void* memory) {
  return ApiCall(
      [&] { return tamp::cuda_sim::Free("cudaFreeHost", kPinned, memory); });
}
