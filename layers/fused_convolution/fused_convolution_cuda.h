#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_CUDA_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_CUDA_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// Fails where cuDNN has no plan for the options.
// REQUIRES: device is a CudaDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<FusedConvolutionKernel>>
MakeFusedConvolutionCuda(const FusedConvolutionOptions& options,
                         Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_CUDA_H_
