#include "core/cuda/launch.h"
#include "layers/fused_convolution/cuda/load.cuh"
#include "layers/fused_convolution/cuda/load.h"

namespace tamp {

template <typename Element>
void LoadInput(CudaQueue& queue, const FusedConvolutionOptions& options,
               const Strided<const float>& x,
               const FusedNormTerms<const float>& terms, Element* z) {
  LaunchKernel(
      queue, LoadMaps<Element>,
      GridForPieces(queue, options.num * options.channels, options.z_size()),
      options, x, terms, z);
}

template void LoadInput<float>(CudaQueue&, const FusedConvolutionOptions&,
                               const Strided<const float>&,
                               const FusedNormTerms<const float>&, float*);

}  // namespace tamp
