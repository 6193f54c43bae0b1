#ifndef TAMP_SOLVERS_SGD_SGD_CPU_H_
#define TAMP_SOLVERS_SGD_SGD_CPU_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "kernels/sgd_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice; it and the tensors' memory outlive the
// kernel; no two tensors overlap.
absl::StatusOr<std::unique_ptr<SgdKernel>> MakeSgdCpu(
    const std::vector<SgdTensor<float>>& tensors, Device& device);

}  // namespace tamp

#endif  // TAMP_SOLVERS_SGD_SGD_CPU_H_
