// Powers of e of adjoining elements, on vectors.

#ifndef TAMP_KERNELS_CPU_EXPONENTIALS_H_
#define TAMP_KERNELS_CPU_EXPONENTIALS_H_

#include <cstdint>

namespace tamp {

// y_i = e^(x_i - largest) for `size` elements; y may be x. REQUIRES: largest is
// not below any x_i. A NaN stays one.
void ExponentialsBelow(float largest, const float* x, int64_t size, float* y);

}  // namespace tamp

#endif  // TAMP_KERNELS_CPU_EXPONENTIALS_H_
