#ifndef TAMP_SOLVERS_BACKEND_CUDA_H_
#define TAMP_SOLVERS_BACKEND_CUDA_H_

#include "absl/status/statusor.h"
#include "core/cuda/cuda_device.h"
#include "net/backend.h"

namespace tamp {

// The GPU that CUDA counts as `ordinal`, with all layers and all passes. Fails
// as CudaDevice::Create does.
absl::StatusOr<Backend> MakeCudaBackend(int ordinal);

// The same of a GPU that need not be there, for planning nets.
absl::StatusOr<Backend> DescribeCudaBackend(
    const CudaDeviceDescription& description);

}  // namespace tamp

#endif  // TAMP_SOLVERS_BACKEND_CUDA_H_
