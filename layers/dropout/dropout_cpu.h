#ifndef TAMP_LAYERS_DROPOUT_DROPOUT_CPU_H_
#define TAMP_LAYERS_DROPOUT_DROPOUT_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "kernels/extents.h"
#include "layers/dropout/dropout_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<DropoutKernel>> MakeDropoutCpu(
    const Extents& extents, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_DROPOUT_DROPOUT_CPU_H_
