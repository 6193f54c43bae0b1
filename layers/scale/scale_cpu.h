#ifndef TAMP_LAYERS_SCALE_SCALE_CPU_H_
#define TAMP_LAYERS_SCALE_SCALE_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/scale/scale_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<ScaleKernel>> MakeScaleCpu(
    const Broadcast& broadcast, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_SCALE_SCALE_CPU_H_
