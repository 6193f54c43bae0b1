#include "core/cuda/launch.h"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "layers/fused_convolution/cuda/store.cuh"
#include "layers/fused_convolution/cuda/store.h"

namespace tamp {

template <typename Element>
void StoreOutput(CudaQueue& queue, const FusedConvolutionOptions& options,
                 const FusedConvolutionForwardArgs<float>& args,
                 const Element* product, const float* shifts) {
  const OutputElements<Element> elements = {options, product, args.y,
                                            args.dropout, shifts};
  if (!options.has_statistics) {
    LaunchKernel(queue, StoreMaps<Element>,
                 GridForPieces(queue, options.num * options.num_output,
                               options.output_size()),
                 elements);
    return;
  }
  const ChannelBlocks blocks = BlocksOfChannels(
      queue, {options.num, options.num_output, options.output_size()});
  LaunchKernel(queue, StoreMapsAndStatistics<Element>, blocks.grid(), blocks,
               elements, args.statistics);
}

template void StoreOutput<float>(CudaQueue&, const FusedConvolutionOptions&,
                                 const FusedConvolutionForwardArgs<float>&,
                                 const float*, const float*);

}  // namespace tamp
