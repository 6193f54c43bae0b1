// Rows of z, the input of the convolution, packed for a panel: normalized,
// rectified and pooled on the way, and rounded where words are bfloat16.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PACK_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PACK_H_
#undef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PACK_H_
#else
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PACK_H_
#endif

#include <algorithm>
#include <cstdint>

#include "kernels/strided.h"
#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/cpu/tile.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

// max(0, scale * x + shift) of one channel, or x itself.
class Normalization {
 public:
  // scale and shift may be null.
  Normalization(const float* scale, const float* shift, int64_t channel)
      : normalizes_(scale != nullptr),
        scale_(hn::Set(D(), normalizes_ ? scale[channel] : 1)),
        shift_(hn::Set(D(), normalizes_ ? shift[channel] : 0)) {}

  HWY_INLINE V operator()(V x) const {
    if (!normalizes_) return x;
    return hn::Max(hn::Zero(D()), hn::MulAdd(x, scale_, shift_));
  }

 private:
  const bool normalizes_;
  const V scale_, shift_;
};

// How pixels of a channel are loaded: all lanes, or the first `count`.
struct LoadWhole {
  HWY_INLINE V operator()(const Normalization& norm, const float* x) const {
    return norm(hn::LoadU(D(), x));
  }
};
struct LoadPart {
  int64_t count;
  HWY_INLINE V operator()(const Normalization& norm, const float* x) const {
    return norm(LoadFirst(x, count));
  }
};

// Floats between what a pooling loop reads and what it fetches.
constexpr int64_t kPooledAhead = 512;

// Averages of the 2x2 windows from x on, which has `count` columns left. Too
// little is computed to hide memory: what comes a few rows later is fetched
// meanwhile.
struct LoadPooled {
  int64_t width, count;
  HWY_INLINE V operator()(const Normalization& norm, const float* x) const {
    const D d;
    HWY_ALIGN float sums[2 * kLanes];
    for (int64_t at = 0; at < 2 * kLanes; at += kLanes) {
      const LoadPart load = {std::clamp<int64_t>(count - at, 0, kLanes)};
      PrefetchLine(x + at + kPooledAhead);
      PrefetchLine(x + width + at + kPooledAhead);
      const V sum = hn::Add(load(norm, x + at), load(norm, x + width + at));
      hn::Store(sum, d, sums + at);
    }
    V even, odd;
    hn::LoadInterleaved2(d, sums, even, odd);
    return hn::Mul(hn::Add(even, odd), hn::Set(d, 0.25f));
  }
};

// The channels whose numbers make the words of row r: channel r, or two.
template <class Words>
class ChannelWords {
 public:
  // scale and shift as for Normalization.
  ChannelWords(Strided<const float> x, const float* scale, const float* shift,
               int64_t num_channels, int64_t row)
      : x_(x),
        channel_(row * Words::kValues),
        has_second_(Words::kValues == 2 && channel_ + 1 < num_channels),
        first_(scale, shift, channel_),
        second_(scale, shift, has_second_ ? channel_ + 1 : channel_) {}

  bool images_adjoin(int64_t size) const { return x_.image_stride == size; }
  const float* at(int64_t image) const { return x_.at(image, channel_); }

  // Words of the pixels at x in the first channel. 0 stands for a channel that
  // there is not.
  template <class Load>
  HWY_INLINE V operator()(const float* x, Load load) const {
    if constexpr (Words::kValues == 1) {
      return Words::Round(load(first_, x));
    } else if (has_second_) {
      return Words::Pair(load(first_, x), load(second_, x + x_.channel_stride));
    } else {
      return Words::Pair(load(first_, x), hn::Zero(D()));
    }
  }

 private:
  const Strided<const float> x_;
  const int64_t channel_;
  const bool has_second_;
  const Normalization first_, second_;
};

// `count` pixels that adjoin.
template <class Words>
HWY_INLINE void PackRun(const ChannelWords<Words>& channels, const float* x,
                        int64_t count, float* z) {
  const D d;
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    hn::StoreU(channels(x + i, LoadWhole()), d, z + i);
  }
  if (i < count) {
    StoreFirst(channels(x + i, LoadPart{count - i}), count - i, z + i);
  }
}

// One row of averages of 2x2 windows; `width` is that of x.
template <class Words>
HWY_INLINE void PackPooledRow(const ChannelWords<Words>& channels,
                              const float* x, int64_t width, float* z) {
  for (int64_t i = 0; i < width / 2; i += kLanes) {
    StoreFirst(channels(x + 2 * i, LoadPooled{width, width - 2 * i}),
               std::min(kLanes, width / 2 - i), z + i);
  }
}

// The row of a panel, zeros up to a whole number of register tiles.
template <class Words>
HWY_INLINE void PackRow(const FusedConvolutionOptions& o, const Panel& panel,
                        const ChannelWords<Words>& channels, float* z) {
  const int64_t count = panel.num_rows * o.output_w();
  const int64_t size = panel.num_images * count;
  if (o.pools) {
    for (int64_t n = 0; n < panel.num_images; ++n) {
      const float* map = channels.at(panel.image + n);
      for (int64_t row = 0; row < panel.num_rows; ++row) {
        PackPooledRow(channels, map + 2 * (panel.row + row) * o.width, o.width,
                      z + n * count + row * o.output_w());
      }
    }
  } else if (channels.images_adjoin(count)) {
    PackRun(channels, channels.at(panel.image), size, z);
  } else {
    for (int64_t n = 0; n < panel.num_images; ++n) {
      PackRun(channels, channels.at(panel.image + n) + panel.row * o.width,
              count, z + n * count);
    }
  }
  std::fill(z + size, z + RoundUp(size, kTilePixels), 0.0f);
}

// Rounds a row of `count` numbers where it is, if words are to be rounded.
template <class Words>
HWY_INLINE void RoundRow(int64_t count, float* row) {
  if constexpr (Words::kRounds) {
    for (int64_t i = 0; i < count; i += kLanes) {
      const int64_t left = std::min(kLanes, count - i);
      StoreFirst(Words::Round(LoadFirst(row + i, left)), left, row + i);
    }
  }
}

// Rounds two rows of `count` numbers to a row of words of both.
template <class Words>
HWY_INLINE void PairRows(const float* first, const float* second, int64_t count,
                         float* words) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const int64_t left = std::min(kLanes, count - i);
    StoreFirst(
        Words::Pair(LoadFirst(first + i, left), LoadFirst(second + i, left)),
        left, words + i);
  }
}

// Undoes PairRows to two rows of words of pixels. `count` is that of words, in
// whole register tiles; second may be null.
template <class Words>
HWY_INLINE void SplitRow(const float* words, int64_t count, float* first,
                         float* second) {
  const D d;
  for (int64_t i = 0; i < count; i += 2 * kLanes) {
    const V low = hn::LoadU(d, words + i);
    const V high = hn::LoadU(d, words + i + kLanes);
    hn::StoreU(Words::FirstOf(low, high), d, first + i / 2);
    if (second) hn::StoreU(Words::SecondOf(low, high), d, second + i / 2);
  }
}

// Rounds a row of `count` numbers, in whole register tiles, to words of pixels.
template <class Words>
HWY_INLINE void AdjoinRow(const float* values, int64_t count, float* words) {
  const D d;
  for (int64_t i = 0; i < count; i += 2 * kLanes) {
    const V low = hn::LoadU(d, values + i);
    const V high = hn::LoadU(d, values + i + kLanes);
    hn::StoreU(Words::Adjoin(low, high), d, words + i / 2);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PACK_H_
