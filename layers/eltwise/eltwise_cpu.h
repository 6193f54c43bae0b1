#ifndef TAMP_LAYERS_ELTWISE_ELTWISE_CPU_H_
#define TAMP_LAYERS_ELTWISE_ELTWISE_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/eltwise/eltwise_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<EltwiseKernel>> MakeEltwiseCpu(
    const EltwiseOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_ELTWISE_ELTWISE_CPU_H_
