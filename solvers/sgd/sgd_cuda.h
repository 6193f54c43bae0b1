#ifndef TAMP_SOLVERS_SGD_SGD_CUDA_H_
#define TAMP_SOLVERS_SGD_SGD_CUDA_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "kernels/sgd_kernel.h"

namespace tamp {

// Fails when the device has no memory for a table of the tensors. REQUIRES:
// device is a CudaDevice; it and the tensors' memory outlive the kernel; no two
// tensors overlap.
absl::StatusOr<std::unique_ptr<SgdKernel>> MakeSgdCuda(
    const std::vector<SgdTensor<float>>& tensors, Device& device);

}  // namespace tamp

#endif  // TAMP_SOLVERS_SGD_SGD_CUDA_H_
