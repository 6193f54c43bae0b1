#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_STORE_CUH_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_STORE_CUH_

#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/cuda/sums/channel_moments.cuh"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/dropout_mask.h"
#include "kernels/moments.h"
#include "kernels/strided.h"
#include "layers/fused_convolution/cuda/pieces.cuh"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// An element of output k on its way into y.
struct OutputElements {
  FusedConvolutionOptions o;
  const float* product;
  Strided<float> y;
  DropoutMask mask;
  const float* shifts;

  __device__ float Store(int64_t n, int64_t k, int64_t i) const {
    const int64_t index = (n * o.num_output + k) * o.output_size() + i;
    float value = product[index];
    if (o.drops) value *= mask.Factor(index);
    if (o.shifts_output) value += shifts[k];
    if (o.rectifies_output && !(value > 0)) value = 0;
    y.at(n, k)[i] = value;
    return value;
  }
};

__global__ void __launch_bounds__(kThreadsPerBlock)
    StoreMaps(OutputElements elements) {
  const FusedConvolutionOptions& o = elements.o;
  ForEachPieceOfGrid(
      o.num * o.num_output, o.output_size(),
      [&](int64_t map, int64_t begin, int64_t end) {
        const int64_t n = map / o.num_output;
        const int64_t k = map % o.num_output;
        ForEachOfLane(begin, end, [&](int64_t i) { elements.Store(n, k, i); });
      });
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    StoreMapsAndStatistics(ChannelBlocks blocks, OutputElements elements,
                           float* statistics) {
  const int64_t k = blocks.channel();
  Moments all;
  const bool is_last = MomentsOfChannel(
      blocks, [&](int64_t n, int64_t i) { return elements.Store(n, k, i); },
      &all);
  if (!is_last || threadIdx.x != 0) return;
  statistics[2 * k] = static_cast<float>(all.mean);
  statistics[2 * k + 1] = static_cast<float>(all.squares / all.count);
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_STORE_CUH_
