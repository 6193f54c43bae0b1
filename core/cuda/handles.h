// Owners of what the CUDA runtime makes: streams, events and memory. They are
// std::unique_ptr, and so move-only.

#ifndef TAMP_CORE_CUDA_HANDLES_H_
#define TAMP_CORE_CUDA_HANDLES_H_

#include <cuda_runtime_api.h>

#include <cstdint>
#include <memory>
#include <type_traits>

#include "absl/status/statusor.h"

namespace tamp {

// What gives a thing back can fail only when the device is broken, of which its
// user has heard before.
template <auto destroy>
struct CudaDestroyer {
  template <typename T>
  void operator()(T* thing) const {
    destroy(thing);
  }
};

using CudaStream = std::unique_ptr<std::remove_pointer_t<cudaStream_t>,
                                   CudaDestroyer<cudaStreamDestroy>>;
using CudaEvent = std::unique_ptr<std::remove_pointer_t<cudaEvent_t>,
                                  CudaDestroyer<cudaEventDestroy>>;
using DeviceBytes = std::unique_ptr<char, CudaDestroyer<cudaFree>>;
// Memory of the host that copies reach without the processor.
using PinnedBytes = std::unique_ptr<char, CudaDestroyer<cudaFreeHost>>;

// Streams do not wait for the legacy default stream, events do not take times.
absl::StatusOr<CudaStream> MakeCudaStream();
absl::StatusOr<CudaEvent> MakeCudaEvent();
// Undefined contents. ResourceExhausted when there is no memory.
absl::StatusOr<DeviceBytes> AllocateDeviceBytes(int64_t bytes);
absl::StatusOr<PinnedBytes> AllocatePinnedBytes(int64_t bytes);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_HANDLES_H_
