// The mask of dropout: which elements of a layer's output are kept in a step.
//
// It is a pure function of (key, step, index): element i of the tensor, in
// row-major order of its shape, is kept when number i % 4 of
//
//   Philox(key, step, i / 4)                              (core/philox.h)
//
// is at least the threshold. So the mask depends neither on strides nor on
// threads, and is never stored: whoever needs it computes it again, for any
// range of elements. This is the definition; kernels/cpu/dropout_factors.h is
// fast.

#ifndef TAMP_KERNELS_DROPOUT_MASK_H_
#define TAMP_KERNELS_DROPOUT_MASK_H_

#include <cmath>
#include <cstdint>

#include "core/host_device.h"
#include "core/philox.h"

namespace tamp {

struct DropoutMask {
  uint64_t key = 0;        // DeriveKey(seed, name of the layer)
  uint64_t step = 0;       // iteration
  uint32_t threshold = 0;  // see DropoutThreshold
  float kept = 1;          // the factor of elements that are kept

  // What element `index` is multiplied with: 0 or `kept`.
  TAMP_HOST_DEVICE float Factor(int64_t index) const {
    const PhiloxBlock numbers = Philox(key, step, index / 4);
    // Chosen without computing a place, for which a GPU would put the numbers
    // into memory.
    const uint32_t even = index % 4 == 0 ? numbers[0] : numbers[2];
    const uint32_t odd = index % 4 == 1 ? numbers[1] : numbers[3];
    return (index % 2 == 0 ? even : odd) >= threshold ? kept : 0;
  }
};

// The threshold that drops elements with probability `ratio`, to within 2^-33.
// REQUIRES: 0 <= ratio < 1.
inline uint32_t DropoutThreshold(float ratio) {
  return static_cast<uint32_t>(std::llround(double{ratio} * 0x1p32));
}

}  // namespace tamp

#endif  // TAMP_KERNELS_DROPOUT_MASK_H_
