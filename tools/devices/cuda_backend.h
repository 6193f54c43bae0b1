// What this build has of CUDA: cuda_backend.cc with --config=cuda, otherwise
// no_cuda_backend.cc.

#ifndef TAMP_TOOLS_DEVICES_CUDA_BACKEND_H_
#define TAMP_TOOLS_DEVICES_CUDA_BACKEND_H_

#include "absl/status/statusor.h"
#include "net/backend.h"

namespace tamp {

// The GPU that CUDA counts as `ordinal`. Fails where there is none, and in a
// build without CUDA, and says what to do.
absl::StatusOr<Backend> OpenCudaBackend(int ordinal);

}  // namespace tamp

#endif  // TAMP_TOOLS_DEVICES_CUDA_BACKEND_H_
