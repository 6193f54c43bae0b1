// Compiled once for each instruction set (foreach_target.h includes this file
// again and again); the widest that the machine has is run.

#include "layers/fused_convolution/cpu/backward.h"

#include <algorithm>
#include <type_traits>

#include "core/threads/tiles.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "layers/fused_convolution/cpu/backward.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "layers/fused_convolution/cpu/gather.h"
#include "layers/fused_convolution/cpu/input_gradient.h"
#include "layers/fused_convolution/cpu/output_gradient.h"
#include "layers/fused_convolution/cpu/pack.h"
#include "layers/fused_convolution/cpu/product.h"
#include "layers/fused_convolution/cpu/tile.h"
#include "layers/fused_convolution/cpu/weight_gradient.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {
namespace {

template <bool kNormalizes, class Words>
class BackwardWork {
 public:
  BackwardWork(const FusedConvolutionPlan& plan,
               const FusedConvolutionBackwardArgs<float>& args,
               float* workspace, int64_t tile)
      : o_(plan.options),
        source_(plan.images),
        b_(plan.backward),
        args_(args),
        norm_{FusedNormTermsAt(args.norm.terms, o_.channels), args.norm.gamma},
        images_(plan.TileImages(tile)),
        weights_(workspace + b_.weights),
        scratch_(workspace + b_.tiles + tile * b_.tile_floats),
        output_gradient_(
            o_, args,
            FinishingTermsAt<const float>(args.finishing.statistics == nullptr
                                              ? nullptr
                                              : workspace + b_.finishing_terms,
                                          o_.num_output),
            {scratch_ + b_.factors, scratch_ + b_.values, b_.values_stride}) {}

  void Run() {
    ClearSums();
    const bool wants_dz = WantsInputGradient(args_);
    const int64_t num_panels = b_.cut.num_panels(images_);
    for (int64_t i = 0; i < num_panels; ++i) {
      const Panel panel = b_.cut.panel(images_, i);
      LoadColumns(panel);
      if (wants_dz) InputGradient(panel);
      if (args_.dw_mode != GradMode::kSkip) WeightGradient(panel);
    }
  }

 private:
  float* columns() const { return scratch_ + b_.columns; }
  float* dot_columns() const { return scratch_ + b_.dot_columns; }
  float* norm_sums() const { return scratch_ + b_.norm_sums; }
  int64_t PixelsPerImage(const Panel& panel) const {
    return panel.num_rows * o_.output_w();
  }

  void ClearSums() const {
    float* padding = dot_columns() + b_.num_rows * b_.dot_stride;
    std::fill(padding, dot_columns() + b_.dot_rows * b_.dot_stride, 0.0f);
    float* dw = scratch_ + b_.weight_grad;
    std::fill(dw, dw + b_.dot_rows * b_.dot_channels, 0.0f);
    if (kNormalizes) {
      std::fill(norm_sums(), norm_sums() + 2 * o_.channels * kMaxVector, 0.0f);
    }
  }

  void LoadColumns(const Panel& panel) const {
    for (int64_t r = 0; r < b_.word_rows / o_.taps(); ++r) {
      float* rows = columns() + r * o_.taps() * b_.row_stride;
      if (o_.kernel == 1) {
        output_gradient_.LoadRow(panel, r, rows);
      } else {
        output_gradient_.LoadShiftedRows(panel, r, b_.row_stride,
                                         b_.shifted_plane,
                                         scratch_ + b_.shifted, rows);
      }
    }
  }

  // Rows of d to a row that is fetched, as a power of two: fetching is spread
  // over a tile that has turns enough.
  int64_t PrefetchShift() const {
    return b_.word_rows >= 4 * RowBlocks::kLarge ? 2 : 0;
  }

  // Runs of pixels that adjoin in x and in dx: the whole panel, or an image.
  void InputGradient(const Panel& panel) const {
    const int64_t per_image = PixelsPerImage(panel);
    if (o_.pools) {
      PooledInputGradient(panel, per_image);
      return;
    }
    const bool adjoin =
        args_.x.image_stride == per_image && args_.dx.image_stride == per_image;
    const int64_t num_runs = adjoin ? 1 : panel.num_images;
    const int64_t run = panel.num_images / num_runs * per_image;
    for (int64_t n = 0; n < num_runs; ++n) {
      const int64_t begin = panel.row * o_.width;
      const GradientSink<kNormalizes> sink = {
          args_,
          norm_,
          o_.channels,
          run,
          PrefetchShift(),
          args_.x.at(panel.image + n, 0) + begin,
          args_.dx.at(panel.image + n, 0) + begin,
          norm_sums()};
      MultiplyBlocks<Words>(
          b_.blocks, 0, b_.blocks.num_blocks(), weights_,
          {columns() + n * per_image, b_.row_stride, b_.word_rows, run}, sink);
    }
  }

  void PooledInputGradient(const Panel& panel, int64_t per_image) const {
    float* pooled = scratch_ + b_.pooled;
    MultiplyBlocks<Words>(
        b_.blocks, 0, b_.blocks.num_blocks(), weights_,
        {columns(), b_.row_stride, b_.word_rows, panel.num_images * per_image},
        MatrixSink{pooled, b_.row_stride});
    for (int64_t c = 0; c < o_.channels; ++c) {
      ChannelGradient<kNormalizes> channel(args_.dx_mode, norm_, c,
                                           norm_sums());
      for (int64_t n = 0; n < panel.num_images; ++n) {
        SpreadImage(panel, panel.image + n, c,
                    pooled + c * b_.row_stride + n * per_image, &channel);
      }
      channel.Save();
    }
  }

  // From the pooled gradients of one map to those of x.
  void SpreadImage(const Panel& panel, int64_t image, int64_t c,
                   const float* pooled,
                   ChannelGradient<kNormalizes>* channel) const {
    float* spread = scratch_ + b_.spread;
    const float* x = args_.x.at(image, c) + 2 * panel.row * o_.width;
    float* dx = args_.dx.at(image, c) + 2 * panel.row * o_.width;
    for (int64_t i = 0; i < panel.num_rows; ++i) {
      SpreadRow(pooled + i * o_.output_w(), o_.width, spread);
      for (int64_t twice = 0; twice < 2; ++twice) {
        GradientRow(channel, spread, o_.width, x, dx);
        x += o_.width;
        dx += o_.width;
      }
    }
    const bool is_last = panel.row + panel.num_rows == o_.output_h();
    if (!is_last || o_.height % 2 == 0) return;
    std::fill(spread, spread + o_.width, 0.0f);  // a row that no window reads
    GradientRow(channel, spread, o_.width, x, dx);
  }

  void WeightGradient(const Panel& panel) const {
    const PanelMatrix d = {dot_columns(), b_.dot_stride, b_.dot_rows,
                           panel.num_images * PixelsPerImage(panel)};
    if constexpr (Words::kValues == 2) {
      SplitColumns(RoundUp(d.num_pixels, kTilePixels));
    }
    float* z = scratch_ + b_.input;
    for (int64_t c = 0; c < o_.channels; c += kDotChannels) {
      for (int64_t i = 0; i < kDotChannels; ++i) {
        float* row = z + i * b_.dot_stride;
        if (c + i < o_.channels) {
          PackDotRow(panel, c + i, d.num_pixels, row);
        } else {
          std::fill(row, row + b_.dot_stride, 0.0f);
        }
      }
      AddDotRows<Words>(d, z, NextPixels(panel, c + kDotChannels), NextStride(),
                        scratch_ + b_.weight_grad + c * b_.dot_rows);
    }
  }

  // From words of outputs to words of pixels.
  void SplitColumns(int64_t num_pixels) const {
    const int64_t taps = o_.taps();
    for (int64_t r = 0; r < b_.word_rows; ++r) {
      const int64_t row = r / taps * 2 * taps + r % taps;
      float* first = dot_columns() + row * b_.dot_stride;
      SplitRow<Words>(
          columns() + r * b_.row_stride, num_pixels, first,
          row + taps < b_.num_rows ? first + taps * b_.dot_stride : nullptr);
    }
  }

  // z of a channel, in words of pixels.
  void PackDotRow(const Panel& panel, int64_t channel, int64_t num_pixels,
                  float* row) const {
    constexpr bool kPairs = Words::kValues == 2;
    using RowWords = std::conditional_t<kPairs, FloatWords, Words>;
    float* values = kPairs ? scratch_ + b_.values : row;
    if (o_.gathers) {
      GatherWords<RowWords>(source_, panel, args_.x, channel, nullptr, values);
    } else {
      PackRow(o_, panel,
              ChannelWords<RowWords>(args_.x, norm_.terms.scale,
                                     norm_.terms.shift, o_.channels, channel),
              values);
    }
    if constexpr (kPairs) {
      AdjoinRow<Words>(values, RoundUp(num_pixels, kTilePixels), row);
    }
  }

  // What the dot products fetch: x of the next channels. Pooling fetches for
  // itself, and gathering finds x in the cache.
  const float* NextPixels(const Panel& panel, int64_t c) const {
    if (NextStride() == 0 || c >= o_.channels) return scratch_ + b_.input;
    return args_.x.at(panel.image, c) + panel.row * o_.width;
  }
  int64_t NextStride() const {
    return o_.pools || o_.gathers ? 0 : args_.x.channel_stride;
  }

  const FusedConvolutionOptions& o_;
  const FusedConvolutionOptions& source_;
  const BackwardPlan& b_;
  const FusedConvolutionBackwardArgs<float>& args_;
  const InputNorm norm_;
  const Range images_;
  const float* const weights_;
  float* const scratch_;
  const OutputGradient<Words> output_gradient_;
};

template <class Words>
using NormalizedWork = BackwardWork<true, Words>;
template <class Words>
using PlainWork = BackwardWork<false, Words>;

}  // namespace

void BackwardTile(const FusedConvolutionPlan& plan,
                  const FusedConvolutionBackwardArgs<float>& args,
                  float* workspace, int64_t tile) {
  if (plan.options.normalizes) {
    RunInWords<NormalizedWork>(plan.options, plan, args, workspace, tile);
  } else {
    RunInWords<PlainWork>(plan.options, plan, args, workspace, tile);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(BackwardTile);

}  // namespace

void BackwardTile(const FusedConvolutionPlan& plan,
                  const FusedConvolutionBackwardArgs<float>& args,
                  float* workspace, int64_t tile) {
  HWY_DYNAMIC_DISPATCH(BackwardTile)(plan, args, workspace, tile);
}

}  // namespace tamp

#endif  // HWY_ONCE
