// CudnnHandle: cuDNN on one device, with the stream that its work goes to.

#ifndef TAMP_CORE_CUDA_CUDNN_CUDNN_HANDLE_H_
#define TAMP_CORE_CUDA_CUDNN_CUDNN_HANDLE_H_

#include <cudnn.h>

#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tamp {

// Whether a cuDNN of that version (of cudnnGetVersion()) will do: 9, and not
// older than what we ask of it. The error says what to do.
absl::Status CheckCudnnVersion(size_t version);

class CudnnHandle {
 public:
  // Of the calling thread's current device. The stream must be one of that
  // device, and outlive the handle.
  static absl::StatusOr<CudnnHandle> Create(cudaStream_t stream);

  cudnnHandle_t get() const { return handle_.get(); }

 private:
  struct Destroyer {
    void operator()(cudnnHandle_t handle) const { cudnnDestroy(handle); }
  };

  explicit CudnnHandle(cudnnHandle_t handle) : handle_(handle) {}

  std::unique_ptr<cudnnContext, Destroyer> handle_;
};

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_CUDNN_HANDLE_H_
