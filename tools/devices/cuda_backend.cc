#include "tools/devices/cuda_backend.h"

#include "solvers/backend_cuda.h"

namespace tamp {

absl::StatusOr<Backend> OpenCudaBackend(int ordinal) {
  return MakeCudaBackend(ordinal);
}

}  // namespace tamp
