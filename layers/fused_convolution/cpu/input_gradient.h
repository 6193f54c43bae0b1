// What happens to the gradient of z on its way into dx: the mask of ReLU, gamma
// and the sums for the gradients of gamma and beta.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_CONVOLUTION_CPU_INPUT_GRADIENT_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_INPUT_GRADIENT_H_
#undef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_INPUT_GRADIENT_H_
#else
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_INPUT_GRADIENT_H_
#endif

#include <algorithm>
#include <cstdint>

#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "layers/fused_convolution/cpu/pack.h"
#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/cpu/product.h"
#include "layers/fused_convolution/cpu/tile.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

// The norm of x; all null where there is none.
struct InputNorm {
  FusedNormTerms<const float> terms;
  const float* gamma;
};

// One channel. Sums stay in registers until Save.
template <bool kNormalizes>
class ChannelGradient {
 public:
  // sums: for each channel kMaxVector sums of dz and as many of
  // dz * (x - mean), lane by lane.
  HWY_INLINE ChannelGradient(GradMode mode, const InputNorm& norm,
                             int64_t channel, float* sums)
      : mode_(mode), sums_(sums + 2 * channel * kMaxVector) {
    if constexpr (kNormalizes) {
      const D d;
      scale_ = hn::Set(d, norm.terms.scale[channel]);
      shift_ = hn::Set(d, norm.terms.shift[channel]);
      gamma_ = hn::Set(d, norm.gamma[channel]);
      mean_ = hn::Set(d, norm.terms.mean[channel]);
      sum_ = hn::LoadU(d, sums_);
      product_ = hn::LoadU(d, sums_ + kMaxVector);
    }
  }

  HWY_INLINE void Store(V dz, const float* x, float* dx) {
    const D d;
    const V grad = Gradient(dz, kNormalizes ? hn::LoadU(d, x) : hn::Zero(d));
    if (mode_ == GradMode::kAdd) {
      hn::StoreU(hn::Add(grad, hn::LoadU(d, dx)), d, dx);
    } else if (mode_ == GradMode::kWrite) {
      hn::StoreU(grad, d, dx);
    }
  }

  // The first `count` lanes only.
  HWY_INLINE void StoreFirst(V dz, const float* x, float* dx, int64_t count) {
    const D d;
    dz = hn::IfThenElseZero(hn::FirstN(d, count), dz);
    const V grad =
        Gradient(dz, kNormalizes ? LoadFirst(x, count) : hn::Zero(d));
    if (mode_ == GradMode::kAdd) {
      HWY_NAMESPACE::StoreFirst(hn::Add(grad, LoadFirst(dx, count)), count, dx);
    } else if (mode_ == GradMode::kWrite) {
      HWY_NAMESPACE::StoreFirst(grad, count, dx);
    }
  }

  HWY_INLINE void Save() const {
    if constexpr (kNormalizes) {
      hn::StoreU(sum_, D(), sums_);
      hn::StoreU(product_, D(), sums_ + kMaxVector);
    }
  }

 private:
  HWY_INLINE V Gradient(V dz, V x) {
    if constexpr (!kNormalizes) {
      return dz;
    } else {
      const auto passes = hn::Gt(hn::MulAdd(x, scale_, shift_), hn::Zero(D()));
      const V masked = hn::IfThenElseZero(passes, dz);
      sum_ = hn::Add(sum_, masked);
      product_ = hn::MulAdd(masked, hn::Sub(x, mean_), product_);
      return hn::Mul(masked, gamma_);
    }
  }

  const GradMode mode_;
  float* const sums_;
  V scale_, shift_, gamma_, mean_, sum_, product_;
};

// Fetches the x and dx of the register tile after this one, a row of them in
// every 2^shift turns.
template <int kRows, bool kNormalizes>
struct PrefetchGradient {
  const float* x;
  int64_t x_stride;
  const float* dx;
  int64_t dx_stride;
  int64_t shift;
  HWY_INLINE void operator()(int64_t turn) const {
    const int64_t r = turn >> shift;
    if (r >= kRows || r << shift != turn) return;
    if (kNormalizes) {
      PrefetchLine(x + r * x_stride);
      PrefetchLine(x + r * x_stride + kMaxVector);
    }
    PrefetchLineToWrite(dx + r * dx_stride);
    PrefetchLineToWrite(dx + r * dx_stride + kMaxVector);
  }
};

// Pixels that adjoin in x and dx, of all channels.
template <bool kNormalizes>
struct GradientSink {
  const FusedConvolutionBackwardArgs<float>& args;
  const InputNorm& norm;
  int64_t num_channels, num_pixels;
  int64_t prefetch_shift;
  const float* x;
  float* dx;
  float* sums;

  PrefetchGradient<RowBlocks::kLarge / kParts, kNormalizes> PrefetchFor(
      int64_t row, int64_t pixel) const {
    pixel += 2 * kLanes;
    if (pixel >= num_pixels) {
      pixel = 0;
      row += RowBlocks::kLarge / kParts;
    }
    return {x + row * args.x.channel_stride + pixel, args.x.channel_stride,
            dx + row * args.dx.channel_stride + pixel, args.dx.channel_stride,
            prefetch_shift};
  }

  template <int M, int kVectors>
  HWY_INLINE void Store(const V (&dz)[M][kVectors], int64_t row,
                        int64_t pixel) const {
    constexpr int64_t kPixels = kVectors * kLanes;
    if (row + M <= num_channels && pixel + kPixels <= num_pixels) {
#pragma GCC unroll 12
      for (int m = 0; m < M; ++m) {
        const float* from = x + (row + m) * args.x.channel_stride + pixel;
        float* to = dx + (row + m) * args.dx.channel_stride + pixel;
        ChannelGradient<kNormalizes> channel(args.dx_mode, norm, row + m, sums);
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) {
          channel.Store(dz[m][v], from + v * kLanes, to + v * kLanes);
        }
        channel.Save();
      }
    } else {
      HWY_ALIGN float tile[M * kPixels];
      StoreTile(dz, kPixels, tile);
      StoreEdge(tile, kPixels, std::min<int64_t>(M, num_channels - row), row,
                pixel);
    }
  }

  // The part of a tile, in memory, that is neither padding of rows nor of
  // pixels.
  void StoreEdge(const float* tile, int64_t tile_pixels, int64_t num_rows,
                 int64_t row, int64_t pixel) const {
    for (int64_t m = 0; m < num_rows; ++m) {
      const float* from = x + (row + m) * args.x.channel_stride;
      float* to = dx + (row + m) * args.dx.channel_stride;
      ChannelGradient<kNormalizes> channel(args.dx_mode, norm, row + m, sums);
      for (int64_t v = 0; v < tile_pixels; v += kLanes) {
        const int64_t p = pixel + v;
        const int64_t count = std::min(kLanes, num_pixels - p);
        if (count <= 0) break;
        channel.StoreFirst(hn::Load(D(), tile + m * tile_pixels + v), from + p,
                           to + p, count);
      }
      channel.Save();
    }
  }
};

// A row of gradients that lie in memory. The rows that follow are fetched
// meanwhile.
template <bool kNormalizes>
HWY_INLINE void GradientRow(ChannelGradient<kNormalizes>* channel,
                            const float* dz, int64_t count, const float* x,
                            float* dx) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    PrefetchLine(x + i + kPooledAhead);
    PrefetchLineToWrite(dx + i + kPooledAhead);
    channel->Store(hn::LoadU(D(), dz + i), x + i, dx + i);
  }
  if (i == count) return;
  channel->StoreFirst(LoadFirst(dz + i, count - i), x + i, dx + i, count - i);
}

// Spreads a row of pooled gradients over the columns of x. There is room for
// whole vectors in both.
HWY_INLINE void SpreadRow(const float* pooled, int64_t width, float* row) {
  const D d;
  for (int64_t i = 0; i < width / 2; i += kLanes) {
    const V quarter = hn::Mul(hn::LoadU(d, pooled + i), hn::Set(d, 0.25f));
    hn::StoreInterleaved2(quarter, quarter, d, row + 2 * i);
  }
  if (width % 2 != 0) row[width - 1] = 0;
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_INPUT_GRADIENT_H_
