#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/grad_mode.h"
#include "layers/fused_convolution/cuda/input_gradient.cuh"
#include "layers/fused_convolution/cuda/input_gradient.h"

namespace tamp {

template <typename Element>
void StoreInputGradient(CudaQueue& queue,
                        const FusedConvolutionOptions& options,
                        const FusedConvolutionBackwardArgs<float>& args,
                        const Element* dz) {
  const UnpooledGradient<Element> gradient = {options, dz};
  const int64_t size = options.height * options.width;
  if (options.normalizes) {
    const ChannelBlocks blocks =
        BlocksOfChannels(queue, {options.num, options.channels, size});
    LaunchKernel(queue, StoreNormalizedGradientMaps<Element>, blocks.grid(),
                 blocks, gradient, args.x, args.norm, args.dx_mode, args.dx);
  } else if (args.dx_mode != GradMode::kSkip) {
    LaunchKernel(queue, StoreGradientMaps<Element>,
                 GridForPieces(queue, options.num * options.channels, size),
                 gradient, args.dx_mode, args.dx);
  }
}

template void StoreInputGradient<float>(
    CudaQueue&, const FusedConvolutionOptions&,
    const FusedConvolutionBackwardArgs<float>&, const float*);

}  // namespace tamp
