#ifndef TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_CPU_H_
#define TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/softmax_loss/softmax_loss_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<SoftmaxLossKernel>> MakeSoftmaxLossCpu(
    const SoftmaxLossOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_CPU_H_
