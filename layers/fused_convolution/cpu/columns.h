// Forward 3x3 on small maps, second half: u = w z has nine rows an output, one
// a tap, and y[k][p] is the sum over taps of u[k][t][p + shift of t], where p
// has that neighbor.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_CONVOLUTION_CPU_COLUMNS_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_COLUMNS_H_
#undef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_COLUMNS_H_
#else
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_COLUMNS_H_
#endif

#include <cstdint>

#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/cpu/tile.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

struct TapRows {
  const float* data;  // nine rows for each output
  int64_t row_stride;
  const uint32_t* neighbors;  // ForwardPlan::neighbors
  int64_t width, num_pixels;
};

// kOutputs at once, so that each mask is loaded once; y has rows of
// u.row_stride.
template <int kOutputs>
HWY_INLINE void SumTaps(const TapRows& u, float* y) {
  const D d;
  const float* masks = reinterpret_cast<const float*>(u.neighbors);
  for (int64_t p = 0; p < u.num_pixels; p += kLanes) {
    V sums[kOutputs];
#pragma GCC unroll 4
    for (int k = 0; k < kOutputs; ++k) sums[k] = hn::Zero(d);
#pragma GCC unroll 9
    for (int t = 0; t < 9; ++t) {
      const V mask = hn::LoadU(d, masks + t * u.row_stride + p);
      const float* row =
          u.data + t * u.row_stride + p + (t / 3 - 1) * u.width + t % 3 - 1;
#pragma GCC unroll 4
      for (int k = 0; k < kOutputs; ++k) {
        const V taps = hn::LoadU(d, row + 9 * k * u.row_stride);
        sums[k] = hn::Add(sums[k], hn::And(mask, taps));
      }
    }
#pragma GCC unroll 4
    for (int k = 0; k < kOutputs; ++k) {
      hn::StoreU(sums[k], d, y + k * u.row_stride + p);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_COLUMNS_H_
