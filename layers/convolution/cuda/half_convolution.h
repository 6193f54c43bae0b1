// Convolutions whose factors have 16 bits (kernels/cuda/half_convolution.h).

#ifndef TAMP_LAYERS_CONVOLUTION_CUDA_HALF_CONVOLUTION_H_
#define TAMP_LAYERS_CONVOLUTION_CUDA_HALF_CONVOLUTION_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/cuda/cudnn/convolution_plans.h"
#include "core/cuda/queue.h"
#include "layers/convolution/convolution_kernel.h"

namespace tamp {

// REQUIRES: options.precision is kFp16 or kBf16; queue and plans outlive the
// kernel.
absl::StatusOr<std::unique_ptr<ConvolutionKernel>> MakeConvolutionCudaHalf(
    const ConvolutionOptions& options, CudaQueue& queue,
    ConvolutionPlans* plans);

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_CUDA_HALF_CONVOLUTION_H_
