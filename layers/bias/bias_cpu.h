#ifndef TAMP_LAYERS_BIAS_BIAS_CPU_H_
#define TAMP_LAYERS_BIAS_BIAS_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/bias/bias_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<BiasKernel>> MakeBiasCpu(
    const Broadcast& broadcast, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_BIAS_BIAS_CPU_H_
