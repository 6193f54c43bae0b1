#ifndef TAMP_LAYERS_CONVOLUTION_CONVOLUTION_CUDA_H_
#define TAMP_LAYERS_CONVOLUTION_CONVOLUTION_CUDA_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/device/device.h"
#include "layers/convolution/convolution_kernel.h"

namespace tamp {

// REQUIRES: device is a CudaDevice and outlives the kernel.
absl::StatusOr<std::unique_ptr<ConvolutionKernel>> MakeConvolutionCuda(
    const ConvolutionOptions& options, Device& device);

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_CONVOLUTION_CUDA_H_
