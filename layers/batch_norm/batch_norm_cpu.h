#ifndef TAMP_LAYERS_BATCH_NORM_BATCH_NORM_CPU_H_
#define TAMP_LAYERS_BATCH_NORM_BATCH_NORM_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/batch_norm/batch_norm_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<BatchNormKernel>> MakeBatchNormCpu(
    const BatchNormOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_BATCH_NORM_CPU_H_
