// Rows of z, the input of the convolution, packed for a panel: normalised,
// rectified and pooled on the way.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_PACK_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_PACK_H_
#undef TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_PACK_H_
#else
#define TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_PACK_H_
#endif

#include <algorithm>
#include <cstdint>

#include "core/strided.h"
#include "layers/dense_convolution/dense_convolution_cpu_plan.h"
#include "layers/dense_convolution/dense_convolution_cpu_tile.h"

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

// Floats between what a pooling loop reads and what it fetches.
constexpr int64_t kPooledAhead = 512;

// `count` pixels that adjoin.
HWY_INLINE void PackRun(const Normalization& norm, const float* x,
                        int64_t count, float* z) {
  const D d;
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    hn::StoreU(norm(hn::LoadU(d, x + i)), d, z + i);
  }
  if (i < count) {
    StoreFirst(norm(LoadFirst(x + i, count - i)), count - i, z + i);
  }
}

// One row of averages of 2x2 windows; `width` is that of x. Too little is
// computed to hide memory: what comes a few rows later is fetched meanwhile.
HWY_INLINE void PackPooledRow(const Normalization& norm, const float* x,
                              int64_t width, float* z) {
  const D d;
  HWY_ALIGN float sums[2 * kLanes];
  for (int64_t i = 0; i < width / 2; i += kLanes) {
    for (int64_t half = 0; half < 2; ++half) {
      const int64_t at = 2 * i + half * kLanes;
      const int64_t count = std::clamp<int64_t>(width - at, 0, kLanes);
      PrefetchLine(x + at + kPooledAhead);
      PrefetchLine(x + width + at + kPooledAhead);
      const V sum = hn::Add(norm(LoadFirst(x + at, count)),
                            norm(LoadFirst(x + width + at, count)));
      hn::Store(sum, d, sums + half * kLanes);
    }
    V even, odd;
    hn::LoadInterleaved2(d, sums, even, odd);
    const V average = hn::Mul(hn::Add(even, odd), hn::Set(d, 0.25f));
    StoreFirst(average, std::min(kLanes, width / 2 - i), z + i);
  }
}

// One channel of a panel, zeros up to a whole number of register tiles.
HWY_INLINE void PackChannel(const DenseConvolutionOptions& o,
                            const Panel& panel, Strided<const float> x,
                            const Normalization& norm, int64_t channel,
                            float* z) {
  const int64_t count = panel.num_rows * o.output_w();
  const int64_t size = panel.num_images * count;
  if (o.pools) {
    for (int64_t n = 0; n < panel.num_images; ++n) {
      const float* map = x.at(panel.image + n, channel);
      for (int64_t row = 0; row < panel.num_rows; ++row) {
        PackPooledRow(norm, map + 2 * (panel.row + row) * o.width, o.width,
                      z + n * count + row * o.output_w());
      }
    }
  } else if (x.image_stride == count) {
    PackRun(norm, x.at(panel.image, channel), size, z);
  } else {
    for (int64_t n = 0; n < panel.num_images; ++n) {
      PackRun(norm, x.at(panel.image + n, channel) + panel.row * o.width, count,
              z + n * count);
    }
  }
  std::fill(z + size, z + RoundUp(size, kTilePixels), 0.0f);
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_PACK_H_
