#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_STORE_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_STORE_H_

#include "core/cuda/queue.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// From the product, dense in NCHW, to y: dropout and y's statistics, or, in
// nets for testing, the shifts of the norm behind (null without one) and ReLU.
// The product may lie where y does, if that is dense.
void StoreOutput(CudaQueue& queue, const FusedConvolutionOptions& options,
                 const FusedConvolutionForwardArgs<float>& args,
                 const float* product, const float* shifts);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_STORE_H_
