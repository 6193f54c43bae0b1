#include "core/cuda/launch.h"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "layers/fused_convolution/cuda/store.cuh"
#include "layers/fused_convolution/cuda/store.h"

namespace tamp {

void StoreOutput(CudaQueue& queue, const FusedConvolutionOptions& options,
                 const FusedConvolutionForwardArgs<float>& args,
                 const float* product, const float* shifts) {
  const OutputElements elements = {options, product, args.y, args.dropout,
                                   shifts};
  if (!options.has_statistics) {
    LaunchKernel(queue, StoreMaps,
                 GridForPieces(queue, options.num * options.num_output,
                               options.output_size()),
                 elements);
    return;
  }
  const ChannelBlocks blocks = BlocksOfChannels(
      queue, {options.num, options.num_output, options.output_size()});
  LaunchKernel(queue, StoreMapsAndStatistics, blocks.grid(), blocks, elements,
               args.statistics);
}

}  // namespace tamp
