#ifndef TAMP_LAYERS_POOLING_POOLING_CPU_H_
#define TAMP_LAYERS_POOLING_POOLING_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/pooling/pooling_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<PoolingKernel>> MakePoolingCpu(
    const PoolingOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_POOLING_POOLING_CPU_H_
