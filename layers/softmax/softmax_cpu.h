#ifndef TAMP_LAYERS_SOFTMAX_SOFTMAX_CPU_H_
#define TAMP_LAYERS_SOFTMAX_SOFTMAX_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/softmax/softmax_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<SoftmaxKernel>> MakeSoftmaxCpu(
    const AxisLines& lines, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_SOFTMAX_CPU_H_
