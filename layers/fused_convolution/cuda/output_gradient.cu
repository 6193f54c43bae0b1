#include "core/cuda/launch.h"
#include "layers/fused_convolution/cuda/output_gradient.cuh"
#include "layers/fused_convolution/cuda/output_gradient.h"

namespace tamp {

void FinishOutputGradient(CudaQueue& queue,
                          const FusedConvolutionOptions& options,
                          const FusedConvolutionBackwardArgs<float>& args,
                          const FinishingTerms<const float>& terms, float* dy) {
  LaunchKernel(queue, FinishMaps,
               GridForPieces(queue, options.num * options.num_output,
                             options.output_size()),
               options, args.g, args.y, terms, args.dropout, dy);
}

}  // namespace tamp
