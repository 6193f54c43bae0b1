#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_NORM_CUH_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_NORM_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/fused_norm.h"
#include "kernels/shared_statistics.h"

namespace tamp {

// A block an output, in turns; `row_size` elements of w belong to each.
__global__ void __launch_bounds__(kThreadsPerBlock)
    FoldNorm(FusedNormForwardArgs<float> norm, int64_t num_output,
             int64_t row_size, const float* w, float* scaled_w, float* shifts) {
  for (int64_t k = blockIdx.x; k < num_output; k += gridDim.x) {
    const NormTerms terms =
        NormTermsOf(norm.running_mean[k], norm.running_variance[k], norm.eps,
                    norm.gamma[k], norm.beta[k]);
    ForEachOfBlock(row_size, [&](int64_t i) {
      const int64_t place = k * row_size + i;
      scaled_w[place] = static_cast<float>(w[place] * terms.scale);
    });
    if (threadIdx.x == 0) shifts[k] = static_cast<float>(terms.shift);
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_NORM_CUH_
