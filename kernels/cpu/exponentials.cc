// Compiled once for each instruction set (foreach_target.h includes this file
// again and again); the widest that the machine has is run.

#include "kernels/cpu/exponentials.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/exponentials.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "hwy/contrib/math/math-inl.h"
#include "kernels/cpu/elementwise.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

void ExponentialsBelow(float largest, const float* x, int64_t size, float* y) {
  const FloatVector shift = hn::Set(FloatTag(), largest);
  MapRow(
      size, y,
      [shift](FloatVector x) HWY_ATTR {
        const FloatVector exponent = hn::Sub(x, shift);
        // hn::Exp takes a NaN for something very small.
        return hn::IfThenElse(hn::IsNaN(exponent), exponent,
                              hn::Exp(FloatTag(), exponent));
      },
      x);
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(ExponentialsBelow);

}  // namespace

void ExponentialsBelow(float largest, const float* x, int64_t size, float* y) {
  HWY_DYNAMIC_DISPATCH(ExponentialsBelow)(largest, x, size, y);
}

}  // namespace tamp

#endif  // HWY_ONCE
