#include "core/cuda/launch.h"
#include "layers/convolution/cuda/bias.cuh"
#include "layers/convolution/cuda/bias.h"

namespace tamp {

void AddBias(CudaQueue& queue, const Extents& extents, const float* bias,
             const Strided<float>& y) {
  LaunchKernel(queue, AddBiasKernel, GridFor(queue, extents.count()), extents,
               bias, y);
}

void SumToBias(CudaQueue& queue, const Extents& extents,
               const Strided<const float>& dy, GradMode mode, float* dbias) {
  const ChannelBlocks blocks = BlocksOfChannels(queue, extents);
  LaunchKernel(queue, SumToBiasKernel, blocks.grid(), blocks, dy, mode, dbias);
}

}  // namespace tamp
