#include <cstdint>

#include "core/cuda/launch.h"
#include "layers/fused_convolution/cuda/output_norm.cuh"
#include "layers/fused_convolution/cuda/output_norm.h"

namespace tamp {

void FoldOutputNorm(CudaQueue& queue, const FusedConvolutionOptions& options,
                    const FusedNormForwardArgs<float>& norm, const float* w,
                    float* scaled_w, float* shifts) {
  LaunchKernel(queue, FoldNorm,
               GridFor(queue, options.num_output * kThreadsPerBlock), norm,
               options.num_output, options.channels * options.taps(), w,
               scaled_w, shifts);
}

}  // namespace tamp
