// The product of packed weights and a panel: sink.Store(sums, row, pixel) takes
// each register tile of the result, in which rows and pixels may lie beyond the
// matrix' own where it is padded.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PRODUCT_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PRODUCT_H_
#undef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PRODUCT_H_
#else
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PRODUCT_H_
#endif

#include <cstdint>

#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/cpu/tile.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

// Rows of words.
struct PanelMatrix {
  const float* data;
  int64_t row_stride, num_rows, num_pixels;
};

// Stores a product that has room for all padding.
struct MatrixSink {
  float* data;
  int64_t row_stride;

  NoPrefetch PrefetchFor(int64_t, int64_t) const { return {}; }
  template <int M, int kVectors>
  HWY_INLINE void Store(const V (&sums)[M][kVectors], int64_t row,
                        int64_t pixel) const {
    StoreTile(sums, row_stride, data + row * row_stride + pixel);
  }
};

// One register tile: kRows rows of a block of kHeight.
template <class Words, int kHeight, int kRows, int kVectors, class Sink>
HWY_INLINE void MultiplyPixels(const float* w, const PanelMatrix& x,
                               int64_t row, int64_t pixel, const Sink& sink) {
  V sums[kRows][kVectors];
  ZeroTile(sums);
  MultiplyTile<Words, kHeight, 1>(w, x.data + pixel, x.row_stride, nullptr,
                                  x.num_rows, sums,
                                  sink.PrefetchFor(row, pixel));
  sink.Store(sums, row, pixel);
}

// The kHeight rows of a block.
template <class Words, int kHeight, class Sink>
void MultiplyBlock(const float* w, const PanelMatrix& x, int64_t row,
                   const Sink& sink) {
  constexpr int kRows = kHeight / kParts;
#pragma GCC unroll 1
  for (int64_t part = 0; part < kHeight; part += kRows) {
    int64_t p = 0;
    for (; p + kLanes < x.num_pixels; p += 2 * kLanes) {
      MultiplyPixels<Words, kHeight, kRows, 2>(w + part, x, row + part, p,
                                               sink);
    }
    if (p < x.num_pixels) {
      MultiplyPixels<Words, kHeight, kRows, 1>(w + part, x, row + part, p,
                                               sink);
    }
  }
}

// Blocks first..last-1 of a matrix.
template <class Words, class Sink>
void MultiplyBlocks(const RowBlocks& blocks, int64_t first, int64_t last,
                    const float* w, const PanelMatrix& x, const Sink& sink) {
  for (int64_t b = first; b < last; ++b) {
    const auto [begin, height] = blocks.block(b);
    const float* block = w + begin * x.num_rows;
    if (height == RowBlocks::kLarge) {
      MultiplyBlock<Words, RowBlocks::kLarge>(block, x, begin, sink);
    } else {
      MultiplyBlock<Words, RowBlocks::kSmall>(block, x, begin, sink);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PRODUCT_H_
