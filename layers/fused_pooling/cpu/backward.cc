// kMax goes down a map once. For each row of windows it finds the tap of the
// largest element of each window; rows of x that no further window reads then
// collect, from the windows that they take part in, dy where they were chosen.
//
// Compiled once for each instruction set (foreach_target.h includes this file
// again and again); the widest that the machine has is run.

#include "layers/fused_pooling/cpu/backward.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/threads/tiles.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "kernels/shared_statistics.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "layers/fused_pooling/cpu/backward.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "layers/fused_pooling/cpu/gradient.h"
#include "layers/fused_pooling/cpu/rows.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {
namespace {

// One map of an image. y or dx are null where they are not wanted.
struct MapGradient {
  const float *x, *y, *g;
  float* dx;
};

template <typename T>
HWY_INLINE T* Behind(T* begin, int64_t count) {
  return begin == nullptr ? nullptr : begin + count;
}

// kKernel x kKernel windows with stride kStride; 0 for what the plan says.
template <int kKernel, int kStride>
class MaxBackward {
 public:
  MaxBackward(const FusedPoolingPlan& plan, float* scratch)
      : plan_(plan),
        h_(plan.options.height),
        w_(plan.options.width),
        num_windows_(w_.num_windows()),
        rows_(plan, scratch),
        dz_(scratch + plan.dz),
        line_(scratch + plan.line),
        chosen_(scratch + plan.chosen),
        dy_(scratch + plan.dy) {
    const int64_t count = plan.windows_at_once * plan.window_stride;
    std::fill(chosen_, chosen_ + count, -1.0f);
    std::fill(dy_, dy_ + count, 0.0f);
  }

  void Run(const RectifiedNorm& norm, const OutputGradient& output,
           const MapGradient& map, InputGradient* input) {
    int64_t loaded = 0, stored = 0;
    const int64_t num_rows = h_.num_windows();
    for (int64_t i = 0; i < num_rows; ++i) {
      const PoolingAxis::Window window = h_.window(i);
      for (; loaded < window.end; ++loaded) rows_.Load(map.x, loaded, norm);
      Choose(i, window);
      LoadGradient(output, map, i);
      const bool is_last = i + 1 == num_rows;
      const int64_t end = is_last ? h_.extent : h_.window(i + 1).begin;
      for (; stored < end; ++stored) StoreRow(map, stored, i, input);
    }
  }

 private:
  int64_t kernel() const { return kKernel ? kKernel : w_.kernel; }
  int64_t stride() const { return kStride ? kStride : w_.stride; }
  // The first element of a row of windows.
  int64_t WindowRow(int64_t i) const {
    return i % plan_.windows_at_once * plan_.window_stride + plan_.margin;
  }

  // For each window of row i the number of its tap, in row-major order, that
  // has the first of the largest elements.
  void Choose(int64_t i, const PoolingAxis::Window& window) {
    const D d;
    float* to = chosen_ + WindowRow(i);
    const float first =
        float((window.begin - (i * h_.stride - h_.pad)) * kernel());
    for (int64_t j = 0; j < num_windows_; j += kLanes) {
      VInt largest = hn::Set(DInt(), std::numeric_limits<int32_t>::min());
      V chosen = hn::Set(d, -1);
      V tap = hn::Set(d, first);
      for (int64_t h = window.begin; h < window.end; ++h) {
        for (int64_t b = 0; b < kernel(); ++b) {
          const VInt z = rows_.Read(h, b, j);
          const auto is_larger = hn::RebindMask(d, hn::Gt(z, largest));
          chosen = hn::IfThenElse(is_larger, tap, chosen);
          largest = hn::Max(z, largest);
          tap = hn::Add(tap, hn::Set(d, 1));
        }
      }
      hn::StoreU(chosen, d, to + j);
    }
  }

  void LoadGradient(const OutputGradient& output, const MapGradient& map,
                    int64_t i) {
    const int64_t begin = i * num_windows_;
    float* to = dy_ + WindowRow(i);
    for (int64_t j = 0; j < num_windows_; j += kLanes) {
      const V dy = output(map.g + begin + j, Behind(map.y, begin + j),
                          std::min(num_windows_ - j, kLanes));
      hn::StoreU(dy, D(), to + j);
    }
  }

  // Row h of x, which takes part in rows of windows up to `last`.
  void StoreRow(const MapGradient& map, int64_t h, int64_t last,
                InputGradient* input) {
    for (int64_t phase = 0; phase < stride(); ++phase) {
      CollectPhase(h, last, phase);
    }
    const float* line = JoinPhases();
    input->Store(
        map.x + h * w_.extent, w_.extent,
        [&](int64_t i) { return hn::LoadU(D(), line + i); },
        Behind(map.dx, h * w_.extent));
  }

  HWY_INLINE void CollectPhase(int64_t h, int64_t last, int64_t phase) {
    const D d;
    const int64_t u = h + h_.pad;
    const int64_t first = u < h_.kernel ? 0 : (u - h_.kernel) / h_.stride + 1;
    last = std::min(last, u / h_.stride);
    float* to = dz_ + phase * plan_.phase_stride;
    const int64_t end = plan_.first_place + plan_.num_places;
    for (int64_t t = plan_.first_place; t < end; t += kLanes) {
      V sum = hn::Zero(d);
      for (int64_t i = first; i <= last; ++i) {
        const int64_t from = WindowRow(i) + t;
        const int64_t tap = (u - i * h_.stride) * kernel();
        for (int64_t b = phase; b < kernel(); b += stride()) {
          const int64_t j = from - b / stride();
          const auto is_chosen =
              hn::Eq(hn::LoadU(d, chosen_ + j), hn::Set(d, float(tap + b)));
          sum = hn::Add(sum,
                        hn::IfThenElseZero(is_chosen, hn::LoadU(d, dy_ + j)));
        }
      }
      hn::StoreU(sum, d, to + t);
    }
  }

  // The row of dz as it is in the map.
  HWY_INLINE const float* JoinPhases() {
    const D d;
    const int64_t pad = w_.pad, phase_stride = plan_.phase_stride;
    if (stride() == 1) return dz_ + pad;
    if (stride() == 2) {
      const float* even = dz_ + pad % 2 * phase_stride + pad / 2;
      const float* odd = dz_ + (pad + 1) % 2 * phase_stride + (pad + 1) / 2;
      for (int64_t i = 0; i < w_.extent; i += 2 * kLanes) {
        hn::StoreInterleaved2(hn::LoadU(d, even + i / 2),
                              hn::LoadU(d, odd + i / 2), d, line_ + i);
      }
      return line_;
    }
    for (int64_t i = 0; i < w_.extent; ++i) {
      const int64_t u = i + pad;
      line_[i] = dz_[u % stride() * phase_stride + u / stride()];
    }
    return line_;
  }

  const FusedPoolingPlan& plan_;
  const PoolingAxis &h_, &w_;
  const int64_t num_windows_;
  SplitRows rows_;
  float *const dz_, *const line_;
  float *const chosen_, *const dy_;
};

struct AverageBackward {
  const int64_t size;

  void Run(const RectifiedNorm&, const OutputGradient& output,
           const MapGradient& map, InputGradient* input) const {
    const float dy = hn::GetLane(output(map.g, map.y, 1));
    const V share = hn::Set(D(), dy / static_cast<float>(size));
    constexpr int64_t kPiece = 64 * kLanes;
    for (int64_t i = 0; i < size; i += kPiece) {
      input->Store(
          map.x + i, std::min(kPiece, size - i), [&](int64_t) { return share; },
          Behind(map.dx, i));
      input->AddUp();
    }
  }
};

// All maps of channel c.
template <class Pool>
void PoolChannel(int64_t num, const FusedPoolingBackwardArgs<float>& args,
                 const RectifiedNorm& norm, const OutputGradient& output,
                 int64_t c, Pool* pool, InputGradient* input) {
  for (int64_t n = 0; n < num; ++n) {
    const bool wants_dx = args.dx_mode != GradMode::kSkip;
    pool->Run(norm, output,
              {args.x.at(n, c), output.reads_y() ? args.y.at(n, c) : nullptr,
               args.g.at(n, c), wants_dx ? args.dx.at(n, c) : nullptr},
              input);
    input->AddUp();
  }
}

template <class Pool>
void PoolTile(const FusedPoolingPlan& plan,
              const FusedPoolingBackwardArgs<float>& args,
              const FinishingTerms<float>& finishing, int64_t tile, Pool pool) {
  const FusedPoolingOptions& o = plan.options;
  const auto terms = FusedNormTermsAt(args.norm.terms, o.channels);
  const Range channels = plan.TileChannels(tile);
  for (int64_t c = channels.begin; c < channels.end; ++c) {
    const double gamma = args.norm.gamma[c], inv_std = terms.inv_std[c];
    const RectifiedNorm norm(terms.scale[c], terms.shift[c]);
    const OutputGradient output(finishing, c);
    InputGradient input(terms, args.norm.gamma, c,
                        o.finishes_input ? GradMode::kSkip : args.dx_mode);
    PoolChannel(o.num, args, norm, output, c, &pool, &input);
    const double dbeta = input.sum();
    const double dgamma = input.product() * inv_std;
    StoreFusedNormGrads(args.norm, c, dgamma, dbeta);
    if (!o.finishes_input || args.dx_mode == GradMode::kSkip) continue;
    const double count = double(o.num) * double(o.input_size());
    input.FinishWith(GradientTermsOf(terms.mean[c], inv_std, gamma * dbeta,
                                     gamma * dgamma, count),
                     args.dx_mode);
    PoolChannel(o.num, args, norm, output, c, &pool, &input);
  }
}

}  // namespace

void PoolBackwardTile(const FusedPoolingPlan& plan,
                      const FusedPoolingBackwardArgs<float>& args,
                      const FinishingTerms<float>& finishing, int64_t tile,
                      float* scratch) {
  const FusedPoolingOptions& o = plan.options;
  if (o.method == FusedPoolingOptions::Method::kAverage) {
    PoolTile(plan, args, finishing, tile, AverageBackward{o.input_size()});
  } else if (o.width.kernel == 3 && o.width.stride == 2) {
    PoolTile(plan, args, finishing, tile, MaxBackward<3, 2>(plan, scratch));
  } else {
    PoolTile(plan, args, finishing, tile, MaxBackward<0, 0>(plan, scratch));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(PoolBackwardTile);

}  // namespace

void PoolBackwardTile(const FusedPoolingPlan& plan,
                      const FusedPoolingBackwardArgs<float>& args,
                      const FinishingTerms<float>& finishing, int64_t tile,
                      float* scratch) {
  HWY_DYNAMIC_DISPATCH(PoolBackwardTile)(plan, args, finishing, tile, scratch);
}

}  // namespace tamp

#endif  // HWY_ONCE
