#include "core/cuda/cuda_status.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace tamp {

absl::Status CudaStatus(cudaError_t answer, const char* call, const char* file,
                        int line) {
  if (answer == cudaSuccess) return absl::OkStatus();
  cudaGetLastError();  // forgets it, so that no later call is blamed
  const std::string message = absl::StrCat(file, ":", line, ": ", call, ": ",
                                           cudaGetErrorString(answer));
  return answer == cudaErrorMemoryAllocation
             ? absl::ResourceExhaustedError(message)
             : absl::InternalError(message);
}

}  // namespace tamp
