#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/grad_mode.h"
#include "layers/fused_convolution/cuda/input_gradient.cuh"
#include "layers/fused_convolution/cuda/input_gradient.h"

namespace tamp {

void StoreInputGradient(CudaQueue& queue,
                        const FusedConvolutionOptions& options,
                        const FusedConvolutionBackwardArgs<float>& args,
                        const float* dz) {
  const UnpooledGradient gradient = {options, dz};
  const int64_t size = options.height * options.width;
  if (options.normalizes) {
    const ChannelBlocks blocks =
        BlocksOfChannels(queue, {options.num, options.channels, size});
    LaunchKernel(queue, StoreNormalizedGradientMaps, blocks.grid(), blocks,
                 gradient, args.x, args.norm, args.dx_mode, args.dx);
  } else if (args.dx_mode != GradMode::kSkip) {
    LaunchKernel(queue, StoreGradientMaps,
                 GridForPieces(queue, options.num * options.channels, size),
                 gradient, args.dx_mode, args.dx);
  }
}

}  // namespace tamp
