// Rows of z for a convolution that gathers: a channel of the images as one tap
// of the kernel sees it, zeros where that is outside.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_CONVOLUTION_CPU_GATHER_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_GATHER_H_
#undef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_GATHER_H_
#else
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_GATHER_H_
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

// Every second float from x on: `count` of them, of which the last is the last
// to be read.
HWY_INLINE void CopyEven(const float* x, int64_t count, float* z) {
  const D d;
  for (int64_t i = 0; i < count; i += kLanes) {
    const int64_t left = 2 * (count - i) - 1;
    V even, odd;
    if (left >= 2 * kLanes) {
      hn::LoadInterleaved2(d, x + 2 * i, even, odd);
    } else {
      HWY_ALIGN float pairs[2 * kLanes];
      for (int64_t half = 0; half < 2; ++half) {
        const int64_t at = half * kLanes;
        const int64_t readable = std::clamp<int64_t>(left - at, 0, kLanes);
        hn::Store(LoadFirst(x + 2 * i + at, readable), d, pairs + at);
      }
      hn::LoadInterleaved2(d, pairs, even, odd);
    }
    StoreFirst(even, std::min(kLanes, count - i), z + i);
  }
}

// z[i] = row[stride * i + first], or 0 outside of 0..width-1, for `count` i.
HWY_INLINE void GatherLine(const float* row, int64_t width, int64_t first,
                           int64_t stride, int64_t count, float* z) {
  const int64_t begin =
      std::clamp<int64_t>((stride - 1 - first) / stride, 0, count);
  const int64_t end =
      first < width
          ? std::clamp<int64_t>((width - 1 - first) / stride + 1, begin, count)
          : begin;
  std::fill(z, z + begin, 0.0f);
  const float* from = row + begin * stride + first;
  if (stride == 1) {
    std::copy(from, from + (end - begin), z + begin);
  } else if (stride == 2) {
    CopyEven(from, end - begin, z + begin);
  } else {
    for (int64_t i = begin; i < end; ++i, from += stride) z[i] = *from;
  }
  std::fill(z + end, z + count, 0.0f);
}

// Row r (channel times taps plus tap) of a panel, zeros up to a whole number of
// register tiles.
HWY_INLINE void GatherRow(const FusedConvolutionOptions& images,
                          const Panel& panel, Strided<const float> x, int64_t r,
                          float* z) {
  const int64_t taps = images.taps(), width = images.output_w();
  const int64_t down = r % taps / images.kernel - images.pad;
  const int64_t right = r % images.kernel - images.pad;
  const float* const begin = z;
  for (int64_t n = panel.image; n < panel.image + panel.num_images; ++n) {
    const float* map = x.at(n, r / taps);
    for (int64_t i = panel.row; i < panel.row + panel.num_rows; ++i) {
      const int64_t h = i * images.stride + down;
      if (h < 0 || h >= images.height) {
        std::fill(z, z + width, 0.0f);
      } else {
        GatherLine(map + h * images.width, images.width, right, images.stride,
                   width, z);
      }
      z += width;
    }
  }
  std::fill(z, z + (RoundUp(z - begin, kTilePixels) - (z - begin)), 0.0f);
}

// Row r of words. Scratch has room for two rows, where words hold two numbers.
template <class Words>
HWY_INLINE void GatherWords(const FusedConvolutionOptions& images,
                            const Panel& panel, Strided<const float> x,
                            int64_t r, float* scratch, float* z) {
  const int64_t count = RoundUp(
      panel.num_images * panel.num_rows * images.output_w(), kTilePixels);
  if constexpr (Words::kValues == 1) {
    GatherRow(images, panel, x, r, z);
    RoundRow<Words>(count, z);
  } else {
    float* const second = scratch + count;
    GatherRow(images, panel, x, 2 * r, scratch);
    if (2 * r + 1 < images.channels * images.taps()) {
      GatherRow(images, panel, x, 2 * r + 1, second);
    } else {
      std::fill(second, second + count, 0.0f);
    }
    PairRows<Words>(scratch, second, count, z);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_GATHER_H_
