// The gradient of the weight over a panel: dot products of the rows of d with
// those of z, four channels at a time, whose z stays in the first-level cache.
//
// Sums lie in blocks of 4 channels times 6 rows: BackwardPlan::WeightGradIndex.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WEIGHT_GRADIENT_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WEIGHT_GRADIENT_H_
#undef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WEIGHT_GRADIENT_H_
#else
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WEIGHT_GRADIENT_H_
#endif

#include <cstdint>

#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/cpu/product.h"
#include "layers/fused_convolution/cpu/tile.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

// Fetches as many floats as there are numbers in the words.
template <class Words>
struct PrefetchRow {
  const float* row;
  HWY_INLINE void operator()(int64_t i) const {
#pragma GCC unroll 2
    for (int64_t v = 0; v < Words::kValues; ++v) {
      PrefetchLine(row + i * Words::kValues + v * kMaxVector);
    }
  }
};

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL

// sums[0..7] += the sums of the lanes of 8 vectors, by blending and adding:
// each step halves both the vectors and the lanes that belong together.
HWY_INLINE void AddLaneSums8(const V* v, float* sums) {
  const D d;
  const hn::Repartition<double, D> pairs;
  const hn::Half<D> half;
  V u[4], s[2];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const V a = v[2 * i], b = v[2 * i + 1];
    u[i] = hn::Add(hn::OddEven(b, a), hn::Shuffle2301(hn::OddEven(a, b)));
  }
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {
    const auto a = hn::BitCast(pairs, u[2 * i]);
    const auto b = hn::BitCast(pairs, u[2 * i + 1]);
    s[i] = hn::Add(hn::BitCast(d, hn::OddEven(b, a)),
                   hn::Shuffle1032(hn::BitCast(d, hn::OddEven(a, b))));
  }
  const V r = hn::Add(hn::OddEvenBlocks(s[1], s[0]),
                      hn::SwapAdjacentBlocks(hn::OddEvenBlocks(s[0], s[1])));
  const auto sum = hn::Add(hn::LowerHalf(half, r), hn::UpperHalf(half, r));
  hn::StoreU(hn::Add(sum, hn::LoadU(half, sums)), half, sums);
}

// sums[j * 6 + m] += lanes of tile[m][j].
HWY_INLINE void AddDotSums(const V (&tile)[kDotRows][kDotChannels],
                           float* sums) {
  V v[kDotRows * kDotChannels];
#pragma GCC unroll 24
  for (int i = 0; i < kDotRows * kDotChannels; ++i) {
    v[i] = tile[i % kDotRows][i / kDotRows];
  }
#pragma GCC unroll 3
  for (int i = 0; i < 3; ++i) AddLaneSums8(v + 8 * i, sums + 8 * i);
}

#else

template <int M>
HWY_INLINE void AddDotSums(const V (&tile)[M][kDotChannels], float* sums) {
#pragma GCC unroll 4
  for (int j = 0; j < kDotChannels; ++j) {
#pragma GCC unroll 6
    for (int m = 0; m < M; ++m) sums[j * kDotRows + m] += SumLanes(tile[m][j]);
  }
}

#endif

// All rows of d against kDotChannels rows of z, both of stride d.row_stride.
// next: the x of the channels after these, fetched meanwhile.
template <class Words>
HWY_INLINE void AddDotRows(const PanelMatrix& d, const float* z,
                           const float* next, int64_t next_stride,
                           float* sums) {
  constexpr int kRows = kDotRows / kParts;
  constexpr int64_t kValues = Words::kValues;
  const int64_t count = RoundUp(d.num_pixels, kMaxVector * kValues) / kValues;
  for (int64_t r = 0; r < d.num_rows; r += kDotRows) {
    const float* rows = d.data + r * d.row_stride;
    const int64_t ahead = r / kDotRows;
    const PrefetchRow<Words> prefetch = {
        ahead < kDotChannels ? next + ahead * next_stride : rows};
#pragma GCC unroll 1
    for (int64_t part = 0; part < kDotRows; part += kRows) {
      V tile[kRows][kDotChannels];
#pragma GCC unroll 6
      for (int m = 0; m < kRows; ++m) {
#pragma GCC unroll 4
        for (int j = 0; j < kDotChannels; ++j) tile[m][j] = hn::Zero(D());
      }
      DotTile<Words>(rows + part * d.row_stride, z, d.row_stride, count, tile,
                     prefetch);
      AddDotSums(tile, sums + r * kDotChannels + part);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WEIGHT_GRADIENT_H_
