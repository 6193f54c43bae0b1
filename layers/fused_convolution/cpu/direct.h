// Forward 3x3 on wide maps: nine taps on packed planes. Channels come in
// groups whose planes stay in the second-level cache, so sums are kept in
// memory from group to group.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_CONVOLUTION_CPU_DIRECT_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_DIRECT_H_
#undef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_DIRECT_H_
#else
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_DIRECT_H_
#endif

#include <algorithm>
#include <cstdint>

#include "kernels/strided.h"
#include "layers/fused_convolution/cpu/pack.h"
#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/cpu/tile.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

// Fetches what is packed next: two lines of each channel a tile.
template <class Words>
struct PrefetchPixels {
  const float* x;
  int64_t channel_stride;
  HWY_INLINE void operator()(int64_t r) const {
#pragma GCC unroll 2
    for (int64_t i = 0; i < Words::kValues; ++i) {
      const float* channel = x + (r * Words::kValues + i) * channel_stride;
      PrefetchLine(channel);
      PrefetchLine(channel + kMaxVector);
    }
  }
};

// The rows of a panel and one above and below, of the channels of a word.
// Zeros between the rows are there already; rows outside of the map are
// written.
template <class Words>
HWY_INLINE void PackPlane(const PaddedPlanes& planes, const Panel& panel,
                          int64_t height, const ChannelWords<Words>& channels,
                          float* plane) {
  const float* map = channels.at(panel.image);
  for (int64_t i = 0; i < panel.num_rows + 2; ++i) {
    float* to = plane + i * planes.pitch + 1;
    const int64_t row = panel.row + i - 1;
    if (row < 0 || row >= height) {
      std::fill(to, to + planes.width, 0.0f);
    } else {
      PackRun(channels, map + row * planes.width, planes.width, to);
    }
  }
}

struct DirectBlock {
  const PaddedPlanes& planes;
  const float* packed;
  int64_t num_rows, num_pixels;  // rows: planes, of a word a pixel
  bool is_first;                 // group of rows: sums start at 0
  const float* next = nullptr;   // first channel of the next group
  int64_t next_stride = 0;       // of its channels
};

template <class Words, int kHeight, class Prefetch>
HWY_INLINE void ConvolveTile(const DirectBlock& block, const float* w,
                             int64_t pixel, int64_t stride, float* sums,
                             Prefetch prefetch) {
  V tile[kHeight / kParts][2];
  if (block.is_first) {
    ZeroTile(tile);
  } else {
    LoadTile(sums, stride, tile);
  }
  MultiplyTile<Words, kHeight, 9>(
      w, block.packed + block.planes.TileOrigin(pixel), block.planes.plane,
      block.planes.taps, block.num_rows, tile, prefetch);
  StoreTile(tile, stride, sums);
}

// The kHeight outputs of a block; sums has rows of `stride`.
template <class Words, int kHeight>
void ConvolveBlock(const DirectBlock& block, const float* w, int64_t stride,
                   float* sums) {
  constexpr int kRows = kHeight / kParts;
#pragma GCC unroll 1
  for (int64_t part = 0; part < kHeight; part += kRows) {
    for (int64_t p = 0; p < block.num_pixels; p += 2 * kLanes) {
      float* tile = sums + part * stride + p;
      if (block.next != nullptr && part == 0) {
        ConvolveTile<Words, kHeight>(
            block, w + part, p, stride, tile,
            PrefetchPixels<Words>{block.next + p, block.next_stride});
      } else {
        ConvolveTile<Words, kHeight>(block, w + part, p, stride, tile,
                                     NoPrefetch());
      }
    }
  }
}

// Adds the group that begins with `row` of num_rows to the sums of all outputs.
template <class Words>
HWY_INLINE void ConvolveGroup(const RowBlocks& blocks, DirectBlock group,
                              const float* w, int64_t row, int64_t num_rows,
                              int64_t stride, float* sums) {
  for (int64_t b = 0; b < blocks.num_blocks(); ++b) {
    const auto [begin, height] = blocks.block(b);
    const float* block = w + 9 * (begin * num_rows + row * height);
    float* outputs = sums + begin * stride;
    if (height == RowBlocks::kLarge) {
      ConvolveBlock<Words, RowBlocks::kLarge>(group, block, stride, outputs);
    } else {
      ConvolveBlock<Words, RowBlocks::kSmall>(group, block, stride, outputs);
    }
    group.next = nullptr;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_DIRECT_H_
