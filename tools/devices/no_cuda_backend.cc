#include "absl/status/status.h"
#include "tools/devices/cuda_backend.h"

namespace tamp {

absl::StatusOr<Backend> OpenCudaBackend(int) {
  return absl::UnimplementedError(
      "this build has no CUDA; build with --config=cuda, or use --device=cpu");
}

}  // namespace tamp
