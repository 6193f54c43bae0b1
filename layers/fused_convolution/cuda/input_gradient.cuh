#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_INPUT_GRADIENT_CUH_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_INPUT_GRADIENT_CUH_

#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"
#include "layers/fused_convolution/cuda/normalized.cuh"
#include "layers/fused_convolution/cuda/pieces.cuh"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// The gradient of z, as that of the elements before pooling.
struct UnpooledGradient {
  FusedConvolutionOptions o;
  const float* dz;

  __device__ float At(int64_t n, int64_t c, int64_t s) const {
    const float* map = dz + (n * o.channels + c) * o.z_size();
    if (!o.pools) return map[s];
    const int64_t h = s / o.width / 2, w = s % o.width / 2;
    // An odd last row or column is in no window.
    if (h >= o.z_height() || w >= o.z_width()) return 0;
    return map[h * o.z_width() + w] / 4;
  }
};

// Without a norm. REQUIRES: mode is not kSkip.
__global__ void __launch_bounds__(kThreadsPerBlock)
    StoreGradientMaps(UnpooledGradient gradient, GradMode mode,
                      Strided<float> dx) {
  const FusedConvolutionOptions& o = gradient.o;
  ForEachPieceOfGrid(o.num * o.channels, o.height * o.width,
                     [&](int64_t map, int64_t begin, int64_t end) {
                       const int64_t n = map / o.channels;
                       const int64_t c = map % o.channels;
                       ForEachOfLane(begin, end, [&](int64_t s) {
                         StoreGrad(mode, gradient.At(n, c, s), dx.at(n, c) + s);
                       });
                     });
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    StoreNormalizedGradientMaps(ChannelBlocks blocks, UnpooledGradient gradient,
                                Strided<const float> x,
                                FusedNormBackwardArgs<float> norm,
                                GradMode mode, Strided<float> dx) {
  const int64_t c = blocks.channel();
  const auto terms = FusedNormTermsAt(norm.terms, gradient.o.channels);
  const NormalizedChannel channel(terms, c);
  const float gamma = norm.gamma[c], mean = terms.mean[c];
  double sums[2];
  const bool is_last = SumChannel(
      blocks,
      [&](int64_t n, int64_t s, float* run) {
        const float value = x.at(n, c)[s];
        const float grad = channel.Passes(value) ? gradient.At(n, c, s) : 0;
        run[0] += grad;
        run[1] += grad * (value - mean);
        if (mode != GradMode::kSkip) {
          StoreGrad(mode, gamma * grad, dx.at(n, c) + s);
        }
      },
      sums);
  if (!is_last || threadIdx.x != 0) return;
  StoreFusedNormGrads(norm, c, sums[1] * terms.inv_std[c], sums[0]);
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_INPUT_GRADIENT_CUH_
