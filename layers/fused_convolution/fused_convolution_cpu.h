#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_CPU_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_CPU_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// REQUIRES: device is a CpuDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<FusedConvolutionKernel>> MakeFusedConvolutionCpu(
    const FusedConvolutionOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_CPU_H_
