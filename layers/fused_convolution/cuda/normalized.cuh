// What stands before the product: batch norm and ReLU of one channel of x.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_NORMALIZED_CUH_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_NORMALIZED_CUH_

#include <cstdint>

#include "kernels/fused_norm.h"

namespace tamp {

// Forward and backward must agree on the mask of ReLU to the last bit, so the
// multiply-add is spelled out instead of left to the compiler.
class NormalizedChannel {
 public:
  // Terms that are null leave x as it is.
  __device__ NormalizedChannel(const FusedNormTerms<const float>& terms,
                               int64_t channel)
      : normalizes_(terms.scale != nullptr),
        scale_(normalizes_ ? terms.scale[channel] : 1),
        shift_(normalizes_ ? terms.shift[channel] : 0) {}

  __device__ bool Passes(float x) const {
    return !normalizes_ || fmaf(scale_, x, shift_) > 0;
  }
  __device__ float Rectified(float x) const {
    if (!normalizes_) return x;
    const float value = fmaf(scale_, x, shift_);
    return value > 0 ? value : 0;
  }

 private:
  const bool normalizes_;
  const float scale_, shift_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_NORMALIZED_CUH_
