#ifndef TAMP_LAYERS_RELU_RELU_CPU_H_
#define TAMP_LAYERS_RELU_RELU_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/relu/relu_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<ElementwiseKernel>> MakeReluCpu(
    const ReluOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_RELU_RELU_CPU_H_
