#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_GRADIENT_CUH_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_GRADIENT_CUH_

#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/cuda/finished_gradient.cuh"
#include "kernels/dropout_mask.h"
#include "kernels/fused_norm.h"
#include "kernels/strided.h"
#include "layers/fused_convolution/cuda/pieces.cuh"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

__global__ void __launch_bounds__(kThreadsPerBlock)
    FinishMaps(FusedConvolutionOptions o, Strided<const float> g,
               Strided<const float> y, FinishingTerms<const float> terms,
               DropoutMask mask, float* dy) {
  const int64_t size = o.output_size();
  ForEachPieceOfGrid(
      o.num * o.num_output, size, [&](int64_t map, int64_t begin, int64_t end) {
        const int64_t n = map / o.num_output;
        const FinishedGradient gradient(g, y, terms, map % o.num_output);
        ForEachOfLane(begin, end, [&](int64_t i) {
          float value = gradient.At(n, i);
          if (o.drops) value *= mask.Factor(map * size + i);
          dy[map * size + i] = value;
        });
      });
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_OUTPUT_GRADIENT_CUH_
