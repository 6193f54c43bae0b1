#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_GRADIENT_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_GRADIENT_H_

#include "core/cuda/queue.h"
#include "kernels/fused_norm.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// Makes dY, dense in NCHW, of g: finished by the terms, which are null where
// it is, and with the mask of dropout.
void FinishOutputGradient(CudaQueue& queue,
                          const FusedConvolutionOptions& options,
                          const FusedConvolutionBackwardArgs<float>& args,
                          const FinishingTerms<const float>& terms, float* dy);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_GRADIENT_H_
