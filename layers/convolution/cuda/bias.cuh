#ifndef TAMP_LAYERS_CONVOLUTION_CUDA_BIAS_CUH_
#define TAMP_LAYERS_CONVOLUTION_CUDA_BIAS_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

__global__ void __launch_bounds__(kThreadsPerBlock)
    AddBiasKernel(Extents extents, const float* bias, Strided<float> y) {
  ForEachOfGrid(extents.count(), [&](int64_t i) {
    *ElementAt(y, extents, i) += bias[i / extents.spatial % extents.channels];
  });
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    SumToBiasKernel(ChannelBlocks blocks, Strided<const float> dy,
                    GradMode mode, float* dbias) {
  const int64_t channel = blocks.channel();
  double sum[1];
  const bool is_last = SumChannel(
      blocks,
      [&](int64_t image, int64_t position, float* terms) {
        terms[0] += dy.at(image, channel)[position];
      },
      sum);
  if (is_last && threadIdx.x == 0) {
    StoreGrad(mode, static_cast<float>(sum[0]), dbias + channel);
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_CUDA_BIAS_CUH_
