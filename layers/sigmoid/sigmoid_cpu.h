#ifndef TAMP_LAYERS_SIGMOID_SIGMOID_CPU_H_
#define TAMP_LAYERS_SIGMOID_SIGMOID_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/sigmoid/sigmoid_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<ElementwiseKernel>> MakeSigmoidCpu(
    const SigmoidOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_SIGMOID_SIGMOID_CPU_H_
