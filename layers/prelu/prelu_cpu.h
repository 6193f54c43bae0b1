#ifndef TAMP_LAYERS_PRELU_PRELU_CPU_H_
#define TAMP_LAYERS_PRELU_PRELU_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/prelu/prelu_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<PreluKernel>> MakePreluCpu(
    const Broadcast& broadcast, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_PRELU_PRELU_CPU_H_
