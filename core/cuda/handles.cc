#include "core/cuda/handles.h"

#include "core/cuda/cuda_status.h"
#include "core/status_macros.h"

namespace tamp {

absl::StatusOr<CudaStream> MakeCudaStream() {
  cudaStream_t stream = nullptr;
  RETURN_IF_CUDA_ERROR(
      cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  return CudaStream(stream);
}

absl::StatusOr<CudaEvent> MakeCudaEvent() {
  cudaEvent_t event = nullptr;
  RETURN_IF_CUDA_ERROR(
      cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
  return CudaEvent(event);
}

absl::StatusOr<DeviceBytes> AllocateDeviceBytes(int64_t bytes) {
  void* memory = nullptr;
  RETURN_IF_CUDA_ERROR(cudaMalloc(&memory, bytes));
  return DeviceBytes(static_cast<char*>(memory));
}

absl::StatusOr<PinnedBytes> AllocatePinnedBytes(int64_t bytes) {
  void* memory = nullptr;
  RETURN_IF_CUDA_ERROR(cudaHostAlloc(&memory, bytes, cudaHostAllocDefault));
  return PinnedBytes(static_cast<char*>(memory));
}

}  // namespace tamp
