// Rows of z, made of those of x and split into phases, and what each window
// takes of them: kMax, the parts that both directions need.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_POOLING_CPU_ROWS_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_POOLING_CPU_ROWS_H_
#undef TAMP_LAYERS_FUSED_POOLING_CPU_ROWS_H_
#else
#define TAMP_LAYERS_FUSED_POOLING_CPU_ROWS_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>

#include "kernels/cpu/partial_vector.h"
#include "kernels/pooling_axis.h"
#include "layers/fused_pooling/cpu/plan.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kPoolingVector>;
using V = hn::Vec<D>;
using DInt = hn::Rebind<int32_t, D>;  // to compare z
using VInt = hn::Vec<DInt>;

constexpr int64_t kLanes = hn::MaxLanes(D());

// Floats between what a loop over a map reads and what it fetches: too little
// is computed to hide memory.
constexpr int64_t kAhead = 512;

// max(0, scale * x + shift) of one channel.
class RectifiedNorm {
 public:
  RectifiedNorm(float scale, float shift)
      : scale_(hn::Set(D(), scale)), shift_(hn::Set(D(), shift)) {}

  // Without sign also where it is zero or NaN.
  HWY_INLINE V operator()(V x) const {
    const V y = hn::MulAdd(x, scale_, shift_);
    return hn::Abs(hn::IfThenZeroElse(hn::Lt(y, hn::Zero(D())), y));
  }

 private:
  const V scale_, shift_;
};

// The rows of z that the windows of one output row read. Row h of the map
// stands at row h mod kernel.
class SplitRows {
 public:
  // REQUIRES: scratch is a tile's.
  SplitRows(const FusedPoolingPlan& plan, float* scratch)
      : plan_(plan),
        h_(plan.options.height),
        w_(plan.options.width),
        z_(scratch + plan.z),
        line_(scratch + plan.line) {
    std::fill(z_, z_ + h_.kernel * plan_.row_stride, kAround);
  }

  // What a tap reads in row h, for the windows from column j on.
  HWY_INLINE VInt Read(int64_t h, int64_t tap, int64_t j) const {
    const float* from = place(h) + plan_.tap_offsets[tap] + j;
    return hn::BitCast(DInt(), hn::LoadU(D(), from));
  }

  // Makes row h of x's map.
  HWY_INLINE void Load(const float* x, int64_t h, const RectifiedNorm& norm) {
    x += h * w_.extent;
    float* to = place(h);
    if (w_.stride == 1) {
      for (int64_t i = 0; i < w_.extent; i += kLanes) {
        hn::StoreU(LoadNormalized(x, i, norm), D(), to + w_.pad + i);
      }
    } else if (w_.stride == 2) {
      SplitPairs(x, norm, to);
    } else {
      for (int64_t i = 0; i < w_.extent; i += kLanes) {
        hn::StoreU(LoadNormalized(x, i, norm), D(), line_ + i);
      }
      for (int64_t i = 0; i < w_.extent; ++i) {
        const int64_t u = i + w_.pad;
        to[u % w_.stride * plan_.phase_stride + u / w_.stride] = line_[i];
      }
    }
  }

 private:
  static constexpr float kAround = -1;

  float* place(int64_t h) const {
    return z_ + h % h_.kernel * plan_.row_stride;
  }

  // Lanes behind the row are kAround.
  HWY_INLINE V LoadNormalized(const float* x, int64_t i,
                              const RectifiedNorm& norm) const {
    const D d;
    __builtin_prefetch(x + i + kAhead, 0, 2);
    if (i + kLanes <= w_.extent) return norm(hn::LoadU(d, x + i));
    const int64_t count = std::max<int64_t>(w_.extent - i, 0);
    return hn::IfThenElse(hn::FirstN(d, count),
                          norm(LoadLanes(d, x + i, count)),
                          hn::Set(d, kAround));
  }

  HWY_INLINE void SplitPairs(const float* x, const RectifiedNorm& norm,
                             float* to) const {
    const D d;
    float* even = to + w_.pad % 2 * plan_.phase_stride + w_.pad / 2;
    float* odd = to + (w_.pad + 1) % 2 * plan_.phase_stride + (w_.pad + 1) / 2;
    for (int64_t i = 0; i < w_.extent; i += 2 * kLanes) {
      const V low = LoadNormalized(x, i, norm);
      const V high = LoadNormalized(x, i + kLanes, norm);
#if HWY_TARGET == HWY_SCALAR
      const V evens = low, odds = high;
#else
      const V evens = hn::ConcatEven(d, high, low);
      const V odds = hn::ConcatOdd(d, high, low);
#endif
      hn::StoreU(evens, d, even + i / 2);
      hn::StoreU(odds, d, odd + i / 2);
    }
  }

  const FusedPoolingPlan& plan_;
  const PoolingAxis &h_, &w_;
  float *const z_, *const line_;
};

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_POOLING_CPU_ROWS_H_
