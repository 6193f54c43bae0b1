// The gradient of y of one channel, of the g that readers of y collect; see
// FinishingArgs in kernels/fused_norm.h.

#ifndef TAMP_KERNELS_CUDA_FINISHED_GRADIENT_CUH_
#define TAMP_KERNELS_CUDA_FINISHED_GRADIENT_CUH_

#include <cstdint>

#include "kernels/fused_norm.h"
#include "kernels/strided.h"

namespace tamp {

class FinishedGradient {
 public:
  // Where the terms are null g is finished, and y is not read.
  __device__ FinishedGradient(const Strided<const float>& g,
                              const Strided<const float>& y,
                              const FinishingTerms<const float>& terms,
                              int64_t channel)
      : g_(g),
        y_(y),
        channel_(channel),
        finishes_(terms.p != nullptr),
        p_(finishes_ ? terms.p[channel] : 1),
        q_(finishes_ ? terms.q[channel] : 0),
        r_(finishes_ ? terms.r[channel] : 0) {}

  // Of element i of the channel's map of an image.
  __device__ float At(int64_t image, int64_t i) const {
    const float grad = g_.at(image, channel_)[i];
    if (!finishes_) return grad;
    return p_ * grad + (q_ * y_.at(image, channel_)[i] + r_);
  }

 private:
  const Strided<const float> g_, y_;
  const int64_t channel_;
  const bool finishes_;
  const float p_, q_, r_;
};

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_FINISHED_GRADIENT_CUH_
