#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_INPUT_GRADIENT_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_INPUT_GRADIENT_H_

#include "core/cuda/queue.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// From the gradient of z, dense in NCHW, back through pooling, ReLU and batch
// norm: dx, as its mode says, and the gradients of the norm.
void StoreInputGradient(CudaQueue& queue,
                        const FusedConvolutionOptions& options,
                        const FusedConvolutionBackwardArgs<float>& args,
                        const float* dz);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_INPUT_GRADIENT_H_
