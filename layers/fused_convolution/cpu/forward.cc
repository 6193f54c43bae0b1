// Compiled once for each instruction set (foreach_target.h includes this file
// again and again); the widest that the machine has is run.

#include "layers/fused_convolution/cpu/forward.h"

#include <algorithm>

#include "core/threads/tiles.h"
#include "kernels/cpu/bf16_dot.h"
#include "kernels/fused_norm.h"
#include "kernels/strided.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "layers/fused_convolution/cpu/forward.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "layers/fused_convolution/cpu/columns.h"
#include "layers/fused_convolution/cpu/direct.h"
#include "layers/fused_convolution/cpu/finish.h"
#include "layers/fused_convolution/cpu/gather.h"
#include "layers/fused_convolution/cpu/pack.h"
#include "layers/fused_convolution/cpu/product.h"
#include "layers/fused_convolution/cpu/tile.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {
namespace {

// What a register tile of a product fetches meanwhile: the y of its outputs
// and, of every fourth row, the x of the next panel. The first four blocks of
// outputs share the rows, since memory is too slow to bring all of them at
// once.
template <class Words>
struct PrefetchPanels {
  PrefetchPixels<Words> x;
  int64_t phase;
  const float* y;
  int64_t y_stride;
  HWY_INLINE void operator()(int64_t r) const {
    if (r % 4 == phase) x(r);
    if (r < RowBlocks::kLarge / kParts) {
      PrefetchLineToWrite(y + r * y_stride);
      PrefetchLineToWrite(y + r * y_stride + kMaxVector);
    }
  }
};

template <class Words>
struct PrefetchingSink : MatrixSink {
  const float* next_x;  // null where packing itself fetches ahead
  int64_t x_stride;     // of channels
  const float* y;
  int64_t y_stride;

  PrefetchPanels<Words> PrefetchFor(int64_t row, int64_t pixel) const {
    return {{next_x + pixel, x_stride},
            next_x == nullptr ? -1 : row / RowBlocks::kLarge,
            y + row * y_stride + pixel,
            y_stride};
  }
};

template <class Words>
class ForwardWork {
 public:
  ForwardWork(const FusedConvolutionPlan& plan,
              const FusedConvolutionForwardArgs<float>& args, float* workspace,
              int64_t tile)
      : o_(plan.options),
        source_(plan.images),
        f_(plan.forward),
        args_(args),
        norm_(FusedNormTermsAt<const float>(args.norm.terms, o_.channels)),
        images_(plan.TileImages(tile)),
        weights_(workspace + f_.weights),
        shifts_(workspace + f_.output_shifts),
        moments_(reinterpret_cast<Moments*>(workspace + f_.moments) +
                 tile * o_.num_output),
        scratch_(workspace + f_.tiles + tile * f_.tile_floats) {}

  void Run() {
    std::fill(moments_, moments_ + o_.num_output, Moments());
    if (f_.is_direct) {
      std::fill(input(), input() + f_.rows_at_once * f_.planes.plane, 0.0f);
    }
    const int64_t num_panels = f_.cut.num_panels(images_);
    for (int64_t i = 0; i < num_panels; ++i) {
      const Panel panel = f_.cut.panel(images_, i);
      const Panel next = f_.cut.panel(images_, (i + 1) % num_panels);
      if (f_.is_direct) {
        DirectPanel(panel, next);
      } else {
        ProductPanel(panel, next);
      }
    }
  }

 private:
  float* input() const { return scratch_ + f_.input; }
  float* output() const { return scratch_ + f_.output; }
  ChannelWords<Words> Channels(int64_t row) const {
    return {args_.x, norm_.scale, norm_.shift, o_.channels, row};
  }
  const float* FirstPixel(const Panel& panel, int64_t channel) const {
    return args_.x.at(panel.image, channel) + panel.row * o_.width;
  }

  void Finish(const Panel& panel, int64_t k, const RawOutput& raw) const {
    FinishOutput(o_, args_, panel, k, raw, {scratch_ + f_.factors, shifts_},
                 moments_ + k);
  }

  void ProductPanel(const Panel& panel, const Panel& next) const {
    for (int64_t r = 0; r < f_.num_rows; ++r) {
      float* row = input() + r * f_.row_stride;
      if (o_.gathers) {
        GatherWords<Words>(source_, panel, args_.x, r, scratch_ + f_.values,
                           row);
      } else {
        PackRow(o_, panel, Channels(r), row);
      }
    }
    const int64_t per_image = panel.num_rows * o_.output_w();
    const int64_t pixels = panel.num_images * per_image;
    const PanelMatrix z = {input(), f_.row_stride, f_.num_rows, pixels};
    PrefetchingSink<Words> sink;
    sink.data = output();
    sink.row_stride = f_.row_stride;
    sink.next_x = o_.pools || o_.gathers ? nullptr : FirstPixel(next, 0);
    sink.x_stride = args_.x.channel_stride;
    sink.y = args_.y.at(panel.image, 0) + panel.row * o_.output_w();
    sink.y_stride = args_.y.channel_stride;
    MultiplyBlocks<Words>(f_.blocks, 0, f_.blocks.num_blocks(), weights_, z,
                          sink);
    if (o_.kernel == 3) {
      SumTapsOfPanel(panel, pixels);
    } else {
      for (int64_t k = 0; k < o_.num_output; ++k) {
        Finish(panel, k,
               {output() + k * f_.row_stride, per_image, o_.output_w()});
      }
    }
  }

  void SumTapsOfPanel(const Panel& panel, int64_t pixels) const {
    constexpr int64_t kAtOnce = 4;
    float* sums = scratch_ + f_.sums;
    for (int64_t k = 0; k < o_.num_output;) {
      const TapRows rows = {output() + 9 * k * f_.row_stride, f_.row_stride,
                            f_.neighbors.data(), o_.width, pixels};
      const bool is_whole = k + kAtOnce <= o_.num_output;
      const int64_t end = k + (is_whole ? kAtOnce : 1);
      if (is_whole) {
        SumTaps<kAtOnce>(rows, sums);
      } else {
        SumTaps<1>(rows, sums);
      }
      for (const float* row = sums; k < end; ++k, row += f_.row_stride) {
        Finish(panel, k, {row, o_.output_size(), o_.width});
      }
    }
  }

  void DirectPanel(const Panel& panel, const Panel& next) const {
    const PaddedPlanes& planes = f_.planes;
    for (int64_t r = 0; r < f_.num_rows; r += f_.rows_at_once) {
      const int64_t count = std::min(f_.rows_at_once, f_.num_rows - r);
      for (int64_t i = 0; i < count; ++i) {
        PackPlane(planes, panel, o_.height, Channels(r + i),
                  input() + i * planes.plane);
      }
      const bool is_last = r + count == f_.num_rows;
      DirectBlock group = {planes, input(), count,
                           planes.TiledPixels(panel.num_rows), r == 0};
      group.next = is_last ? FirstPixel(next, 0)
                           : FirstPixel(panel, (r + count) * Words::kValues);
      group.next_stride = args_.x.channel_stride;
      ConvolveGroup<Words>(f_.blocks, group, weights_, r, f_.num_rows,
                           f_.row_stride, output());
    }
    for (int64_t k = 0; k < o_.num_output; ++k) {
      Finish(panel, k, {output() + k * f_.row_stride, 0, planes.output_pitch});
    }
  }

  const FusedConvolutionOptions& o_;
  const FusedConvolutionOptions& source_;
  const ForwardPlan& f_;
  const FusedConvolutionForwardArgs<float>& args_;
  const FusedNormTerms<const float> norm_;
  const Range images_;
  const float *const weights_, *const shifts_;
  Moments* const moments_;
  float* const scratch_;
};

}  // namespace

void ForwardTile(const FusedConvolutionPlan& plan,
                 const FusedConvolutionForwardArgs<float>& args,
                 float* workspace, int64_t tile) {
  RunInWords<ForwardWork>(plan.options, plan, args, workspace, tile);
}

Bf16Products ChooseBf16Products(Bf16Products wanted) {
  const bool pairs = wanted == Bf16Products::kFastest
                         ? IsBf16DotFast()
                         : wanted == Bf16Products::kPairs;
  return pairs && HasPairWords() ? Bf16Products::kPairs : Bf16Products::kFloats;
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(ForwardTile);
HWY_EXPORT(ChooseBf16Products);

}  // namespace

void ForwardTile(const FusedConvolutionPlan& plan,
                 const FusedConvolutionForwardArgs<float>& args,
                 float* workspace, int64_t tile) {
  HWY_DYNAMIC_DISPATCH(ForwardTile)(plan, args, workspace, tile);
}

Bf16Products ChooseBf16Products(Bf16Products wanted) {
  return HWY_DYNAMIC_DISPATCH(ChooseBf16Products)(wanted);
}

}  // namespace tamp

#endif  // HWY_ONCE
