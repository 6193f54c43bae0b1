#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_LOAD_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_LOAD_H_

#include "core/cuda/queue.h"
#include "kernels/fused_norm.h"
#include "kernels/strided.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// Makes z, dense in NCHW, as a library's convolution takes it: x normalized and
// rectified where the options say so, and pooled. `terms` are those of the norm
// of x, null without one.
void LoadInput(CudaQueue& queue, const FusedConvolutionOptions& options,
               const Strided<const float>& x,
               const FusedNormTerms<const float>& terms, float* z);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_LOAD_H_
