#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_LOAD_CUH_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_LOAD_CUH_

#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/fused_norm.h"
#include "kernels/strided.h"
#include "layers/fused_convolution/cuda/normalized.cuh"
#include "layers/fused_convolution/cuda/pieces.cuh"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// The mean of the window of z's element u; x is a map of rows of `width`.
__device__ inline float PooledElement(const NormalizedChannel& channel,
                                      const float* x, int64_t width,
                                      int64_t z_width, int64_t u) {
  const float* above = x + u / z_width * 2 * width + u % z_width * 2;
  const float* below = above + width;
  return (channel.Rectified(above[0]) + channel.Rectified(above[1]) +
          channel.Rectified(below[0]) + channel.Rectified(below[1])) /
         4;
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    LoadMaps(FusedConvolutionOptions o, Strided<const float> x,
             FusedNormTerms<const float> terms, float* z) {
  const int64_t size = o.z_size();
  ForEachPieceOfGrid(
      o.num * o.channels, size, [&](int64_t map, int64_t begin, int64_t end) {
        const int64_t c = map % o.channels;
        const NormalizedChannel channel(terms, c);
        const float* from = x.at(map / o.channels, c);
        ForEachOfLane(begin, end, [&](int64_t u) {
          z[map * size + u] =
              o.pools ? PooledElement(channel, from, o.width, o.z_width(), u)
                      : channel.Rectified(from[u]);
        });
      });
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_LOAD_CUH_
