// Answers of the CUDA runtime as absl::Status, for what is made before work is
// queued. What is queued notes its failures (core/cuda/queue.h).

#ifndef TAMP_CORE_CUDA_CUDA_STATUS_H_
#define TAMP_CORE_CUDA_CUDA_STATUS_H_

#include <cuda_runtime_api.h>

#include "absl/status/status.h"

namespace tamp {

// ResourceExhausted when memory was lacking, Internal for all other failures;
// the message has the place, the call and what CUDA says.
absl::Status CudaStatus(cudaError_t answer, const char* call, const char* file,
                        int line);

#define RETURN_IF_CUDA_ERROR(call) \
  RETURN_IF_ERROR(tamp::CudaStatus((call), #call, __FILE__, __LINE__))

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDA_STATUS_H_
