// Compiled once for each instruction set (foreach_target.h includes this file
// again and again); the widest that the machine has is run.

#include "layers/fused_pooling/cpu/forward.h"

#include <algorithm>

#include "core/threads/tiles.h"
#include "kernels/fused_norm.h"
#include "kernels/moments.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "layers/fused_pooling/cpu/forward.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/partial_vector.h"
#include "layers/fused_pooling/cpu/rows.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {
namespace {

// Sum over `count` elements of function(x), where lanes behind the last count
// as 0.
template <class Function>
HWY_INLINE double SumOf(const float* x, int64_t count, Function function) {
  const D d;
  V sum = hn::Zero(d);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    sum = hn::Add(sum, function(hn::LoadU(d, x + i)));
  }
  if (i < count) {
    const V last = function(LoadLanes(d, x + i, count - i));
    sum = hn::Add(sum, hn::IfThenElseZero(hn::FirstN(d, count - i), last));
  }
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

// Sums are taken around the first element, then around the mean, so that a
// large mean leaves both precise.
Moments MomentsOf(const float* y, int64_t count) {
  const V first = hn::Set(D(), y[0]);
  Moments moments;
  moments.count = double(count);
  moments.mean = y[0] + SumOf(y, count, [&](V v) {
                          return hn::Sub(v, first);
                        }) / moments.count;
  const V mean = hn::Set(D(), static_cast<float>(moments.mean));
  moments.squares = SumOf(y, count, [&](V v) {
    const V deviation = hn::Sub(v, mean);
    return hn::Mul(deviation, deviation);
  });
  return moments;
}

// kKernel x kKernel windows; 0 for what the plan says.
template <int kKernel>
class MaxForward {
 public:
  MaxForward(const FusedPoolingPlan& plan, float* scratch)
      : o_(plan.options), rows_(plan, scratch) {}

  void Run(const RectifiedNorm& norm, const float* x, float* y) {
    const int64_t width = o_.width.num_windows();
    int64_t loaded = 0;
    for (int64_t i = 0; i < o_.height.num_windows(); ++i, y += width) {
      const PoolingAxis::Window window = o_.height.window(i);
      for (; loaded < window.end; ++loaded) rows_.Load(x, loaded, norm);
      int64_t j = 0;
      for (; j + kLanes <= width; j += kLanes) {
        hn::StoreU(Largest(window, j), D(), y + j);
      }
      if (j < width) StoreLanes(D(), Largest(window, j), width - j, y + j);
    }
  }

 private:
  // Of the windows from column j on.
  HWY_INLINE V Largest(const PoolingAxis::Window& window, int64_t j) const {
    const int64_t kernel = kKernel ? kKernel : o_.width.kernel;
    VInt largest = hn::Zero(DInt());
    for (int64_t h = window.begin; h < window.end; ++h) {
      for (int64_t b = 0; b < kernel; ++b) {
        largest = hn::Max(largest, rows_.Read(h, b, j));
      }
    }
    return hn::BitCast(D(), largest);
  }

  const FusedPoolingOptions& o_;
  SplitRows rows_;
};

struct AverageForward {
  const int64_t size;

  void Run(const RectifiedNorm& norm, const float* x, float* y) const {
    *y = static_cast<float>(SumOf(x, size, norm) / double(size));
  }
};

template <class Pool>
void PoolTile(const FusedPoolingPlan& plan,
              const FusedPoolingForwardArgs<float>& args, int64_t tile,
              Pool pool) {
  const FusedPoolingOptions& o = plan.options;
  const auto terms = FusedNormTermsAt(args.norm.terms, o.channels);
  const Range channels = plan.TileChannels(tile);
  for (int64_t c = channels.begin; c < channels.end; ++c) {
    const RectifiedNorm norm(terms.scale[c], terms.shift[c]);
    Moments moments;
    for (int64_t n = 0; n < o.num; ++n) {
      float* y = args.y.at(n, c);
      pool.Run(norm, args.x.at(n, c), y);
      if (o.has_statistics) {
        AddMoments(MomentsOf(y, o.output_size()), &moments);
      }
    }
    if (!o.has_statistics) continue;
    args.statistics[2 * c] = static_cast<float>(moments.mean);
    args.statistics[2 * c + 1] =
        static_cast<float>(moments.squares / moments.count);
  }
}

}  // namespace

void PoolForwardTile(const FusedPoolingPlan& plan,
                     const FusedPoolingForwardArgs<float>& args, int64_t tile,
                     float* scratch) {
  const FusedPoolingOptions& o = plan.options;
  if (o.method == FusedPoolingOptions::Method::kAverage) {
    PoolTile(plan, args, tile, AverageForward{o.input_size()});
  } else if (o.width.kernel == 3) {
    PoolTile(plan, args, tile, MaxForward<3>(plan, scratch));
  } else {
    PoolTile(plan, args, tile, MaxForward<0>(plan, scratch));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(PoolForwardTile);

}  // namespace

void PoolForwardTile(const FusedPoolingPlan& plan,
                     const FusedPoolingForwardArgs<float>& args, int64_t tile,
                     float* scratch) {
  HWY_DYNAMIC_DISPATCH(PoolForwardTile)(plan, args, tile, scratch);
}

}  // namespace tamp

#endif  // HWY_ONCE
