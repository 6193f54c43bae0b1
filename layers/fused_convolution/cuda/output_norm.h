#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_NORM_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_NORM_H_

#include "core/cuda/queue.h"
#include "kernels/fused_norm.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// The norm behind a convolution, by running statistics: its scale goes into the
// weight, what remains are the outputs' shifts.
void FoldOutputNorm(CudaQueue& queue, const FusedConvolutionOptions& options,
                    const FusedNormForwardArgs<float>& norm, const float* w,
                    float* scaled_w, float* shifts);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_NORM_H_
