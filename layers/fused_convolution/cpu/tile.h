// The two register kernels that everything is made of, on rows of words
// (cpu/words.h); sums are floats.
//
//   MultiplyTile  sums[m][v] += w[r][t][m] * row r shifted by taps[t], pixels v
//   DotTile       sums[m][j] += row m of a * row j of b, over pixels
//
// The first makes M rows times two vectors of pixels of a product: with 12 x 2
// sums in registers, 24 multiply-adds need 12 broadcast loads and 2 loads of
// pixels, which leaves room for the latter to be unaligned. One vector only is
// for what is left at the end of a row.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_CONVOLUTION_CPU_TILE_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_TILE_H_
#undef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_TILE_H_
#else
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_TILE_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

#include "kernels/cpu/partial_vector.h"
#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/cpu/words.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

// Where only 16 registers exist, blocks are done in halves.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_ARCH_ARM_A64
constexpr int kParts = 1;
#else
constexpr int kParts = 2;
#endif

// Loads and stores of the first `count` lanes, which never touch what lies
// behind; other lanes load as 0.
HWY_INLINE V LoadFirst(const float* from, int64_t count) {
  return LoadLanes(D(), from, count);
}
HWY_INLINE void StoreFirst(V value, int64_t count, float* to) {
  StoreLanes(D(), value, count, to);
}

// Prefetches are structs since GCC drops a lambda that holds nothing else.
HWY_INLINE void PrefetchLine(const float* line) {
  __builtin_prefetch(line, 0, 2);
}
HWY_INLINE void PrefetchLineToWrite(const float* line) {
  __builtin_prefetch(line, 1, 3);
}
struct NoPrefetch {
  HWY_INLINE void operator()(int64_t) const {}
};

template <int M, int kVectors>
HWY_INLINE void ZeroTile(V (&sums)[M][kVectors]) {
#pragma GCC unroll 12
  for (int m = 0; m < M; ++m) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) sums[m][v] = hn::Zero(D());
  }
}

template <int M, int kVectors>
HWY_INLINE void LoadTile(const float* from, int64_t stride,
                         V (&sums)[M][kVectors]) {
#pragma GCC unroll 12
  for (int m = 0; m < M; ++m) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      sums[m][v] = hn::LoadU(D(), from + m * stride + v * kLanes);
    }
  }
}

template <int M, int kVectors>
HWY_INLINE void StoreTile(const V (&sums)[M][kVectors], int64_t stride,
                          float* to) {
#pragma GCC unroll 12
  for (int m = 0; m < M; ++m) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      hn::StoreU(sums[m][v], D(), to + m * stride + v * kLanes);
    }
  }
}

// Weights of one row r: kTaps times kHeight words, of which M are used.
// prefetch(r) is called in each turn.
template <class Words, int kHeight, int kTaps, int M, int kVectors,
          class Prefetch>
HWY_INLINE void MultiplyTile(const float* HWY_RESTRICT w, const float* x,
                             int64_t row_stride, const int64_t* taps,
                             int64_t num_rows, V (&sums)[M][kVectors],
                             Prefetch prefetch) {
  const D d;
  for (int64_t r = 0; r < num_rows; ++r) {
    prefetch(r);
#pragma GCC unroll 9
    for (int t = 0; t < kTaps; ++t) {
      const float* row = kTaps == 1 ? x : x + taps[t];
      V pixels[kVectors];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) {
        pixels[v] = hn::LoadU(d, row + v * kLanes);
      }
#pragma GCC unroll 12
      for (int m = 0; m < M; ++m) {
        const V weight = hn::Set(d, w[t * kHeight + m]);
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) {
          sums[m][v] = Words::MulAdd(pixels[v], weight, sums[m][v]);
        }
      }
    }
    w += kTaps * kHeight;
    x += row_stride;
  }
}

// `count` words, a multiple of kLanes; both matrices have the same stride.
template <class Words, int M, class Prefetch>
HWY_INLINE void DotTile(const float* a, const float* b, int64_t stride,
                        int64_t count, V (&sums)[M][kDotChannels],
                        Prefetch prefetch) {
  const D d;
  for (int64_t i = 0; i < count; i += kLanes) {
    prefetch(i);
    V rows[M];
#pragma GCC unroll 6
    for (int m = 0; m < M; ++m) rows[m] = hn::LoadU(d, a + m * stride + i);
#pragma GCC unroll 4
    for (int j = 0; j < kDotChannels; ++j) {
      const V other = hn::LoadU(d, b + j * stride + i);
#pragma GCC unroll 6
      for (int m = 0; m < M; ++m) {
        sums[m][j] = Words::MulAdd(rows[m], other, sums[m][j]);
      }
    }
  }
}

HWY_INLINE float SumLanes(V v) { return hn::GetLane(hn::SumOfLanes(D(), v)); }

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_TILE_H_
