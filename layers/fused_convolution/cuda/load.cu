#include "core/cuda/launch.h"
#include "layers/fused_convolution/cuda/load.cuh"
#include "layers/fused_convolution/cuda/load.h"

namespace tamp {

void LoadInput(CudaQueue& queue, const FusedConvolutionOptions& options,
               const Strided<const float>& x,
               const FusedNormTerms<const float>& terms, float* z) {
  LaunchKernel(
      queue, LoadMaps,
      GridForPieces(queue, options.num * options.channels, options.z_size()),
      options, x, terms, z);
}

}  // namespace tamp
