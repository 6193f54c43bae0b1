#include "core/cuda/launch.h"
#include "layers/fused_convolution/cuda/output_gradient.cuh"
#include "layers/fused_convolution/cuda/output_gradient.h"

namespace tamp {

template <typename Element>
void FinishOutputGradient(CudaQueue& queue,
                          const FusedConvolutionOptions& options,
                          const FusedConvolutionBackwardArgs<float>& args,
                          const FinishingTerms<const float>& terms,
                          Element* dy) {
  LaunchKernel(queue, FinishMaps<Element>,
               GridForPieces(queue, options.num * options.num_output,
                             options.output_size()),
               options, args.g, args.y, terms, args.dropout, dy);
}

template void FinishOutputGradient<float>(
    CudaQueue&, const FusedConvolutionOptions&,
    const FusedConvolutionBackwardArgs<float>&,
    const FinishingTerms<const float>&, float*);

}  // namespace tamp
