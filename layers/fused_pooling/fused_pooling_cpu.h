#ifndef TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_CPU_H_
#define TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<FusedPoolingKernel>> MakeFusedPoolingCpu(
    const FusedPoolingOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_CPU_H_
