#ifndef TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_CPU_H_
#define TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/batch_norm_apply/batch_norm_apply_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<BatchNormApplyKernel>> MakeBatchNormApplyCpu(
    const BatchNormApplyOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_CPU_H_
