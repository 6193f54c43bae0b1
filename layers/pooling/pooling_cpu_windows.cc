// Rows of the map are copied to where they have room on both sides, filled with
// what changes no result. Then every tap of a vector of windows is one load, or
// with stride 2 the even or odd half of one.
//
// Compiled once for each instruction set (foreach_target.h includes this file
// again and again); the widest that the machine has is run.

#include "layers/pooling/pooling_cpu_windows.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "layers/pooling/pooling_cpu_windows.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/elementwise.h"

#ifndef TAMP_LAYERS_POOLING_POOLING_CPU_WINDOWS_ONCE
#define TAMP_LAYERS_POOLING_POOLING_CPU_WINDOWS_ONCE

namespace tamp {
namespace {

constexpr int64_t kMaxKernel = 4;
// Outputs of a row that are worked on at a time.
constexpr int64_t kChunk = 64;

}  // namespace
}  // namespace tamp

#endif  // TAMP_LAYERS_POOLING_POOLING_CPU_WINDOWS_ONCE

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {
namespace {

using IndexTag = hn::RebindToSigned<FloatTag>;
using IndexVector = hn::Vec<IndexTag>;
using Window = PoolingAxis::Window;

// The rows that a row of windows covers, of a range of columns.
class Rows {
 public:
  // For windows begin..begin+count-1 of each row.
  Rows(const PoolingOptions& o, const float* x, int64_t begin, int64_t count,
       float outside)
      : x_(x), width_(o.width.extent), kernel_(o.height.kernel) {
    std::fill(rows_[0], rows_[kernel_], outside);
    const int64_t left = begin * o.width.stride - o.width.pad;
    const int64_t right = left + (count - 1) * o.width.stride + o.width.kernel;
    first_ = std::max<int64_t>(left, 0);
    size_ = std::min(right, width_) - first_;
    skipped_ = first_ - left;
  }

  // REQUIRES: rows never go back.
  void Copy(const Window& window) {
    for (int64_t h = std::max(next_, window.begin); h < window.end; ++h) {
      std::copy_n(x_ + h * width_ + first_, size_,
                  rows_[h % kernel_] + skipped_);
    }
    next_ = window.end;
  }

  // From the first column of window `begin` on. REQUIRES: h is of the window
  // that was copied last.
  const float* row(int64_t h) const { return rows_[h % kernel_]; }

 private:
  static constexpr int64_t kPitch =
      2 * (kChunk + 2 * hn::MaxLanes(FloatTag())) + kMaxKernel;

  const float* const x_;
  const int64_t width_, kernel_;
  int64_t first_, size_, skipped_;
  int64_t next_ = 0;  // row of the map
  float rows_[kMaxKernel + 1][kPitch];
};

// A vector of windows next to each other.
template <int kStride>
struct WindowVector {
  const PoolingOptions& o;
  const Window rows;
  const int64_t column;  // the first window's

  // The first column of each window, perhaps within the pad.
  HWY_INLINE IndexVector Begins() const {
    const IndexTag d;
    const auto first = static_cast<int32_t>(column * kStride - o.width.pad);
    return hn::Add(hn::ShiftLeft<kStride - 1>(hn::Iota(d, 0)),
                   hn::Set(d, first));
  }

  // Calls visit(elements, row, column in the window) for all taps, in row-major
  // order.
  template <class Visit>
  HWY_INLINE void ForEachTap(const Rows& copied, int64_t offset,
                             const Visit& visit) const {
    const FloatTag d;
    for (int64_t h = rows.begin; h < rows.end; ++h) {
      const float* row = copied.row(h) + offset * kStride;
      for (int64_t w = 0; w < o.width.kernel; w += kStride) {
        if (kStride == 1) {
          visit(hn::LoadU(d, row + w), h, w);
          continue;
        }
        FloatVector even, odd;
        hn::LoadInterleaved2(d, row + w, even, odd);
        visit(even, h, w);
        if (w + 1 < o.width.kernel) visit(odd, h, w + 1);
      }
    }
  }
};

template <class T>
HWY_INLINE void Store(hn::Vec<T> value, T d, int64_t count, hn::TFromD<T>* to) {
  if (count >= int64_t(hn::Lanes(d))) {
    hn::StoreU(value, d, to);
    return;
  }
  HWY_ALIGN hn::TFromD<T> lanes[hn::MaxLanes(d)];
  hn::Store(value, d, lanes);
  std::copy_n(lanes, count, to);
}

// The largest so far and where it stands.
struct Choice {
  FloatVector largest;
  IndexVector index;

  HWY_INLINE void Offer(FloatVector value, IndexVector at) {
    // Neither where largest is as large, nor where it is a NaN.
    const auto wins =
        hn::And(hn::Not(hn::Le(value, largest)), hn::Eq(largest, largest));
    largest = hn::IfThenElse(wins, value, largest);
    index = hn::IfThenElse(hn::RebindMask(IndexTag(), wins), at, index);
  }
};

template <int kStride>
struct Max {
  static constexpr float kOutside = -std::numeric_limits<float>::infinity();
  float* const y;
  int32_t* const argmax;

  HWY_INLINE void operator()(const WindowVector<kStride>& windows,
                             const Rows& copied, int64_t offset, int64_t count,
                             int64_t output) const {
    const IndexTag d;
    const auto width = static_cast<int32_t>(windows.o.width.extent);
    const IndexVector begins = windows.Begins();
    const auto first_row = static_cast<int32_t>(windows.rows.begin) * width;
    // The first element within the map, where all are as small as the pad.
    Choice choice = {
        hn::Set(FloatTag(), kOutside),
        hn::Add(hn::Max(begins, hn::Zero(d)), hn::Set(d, first_row))};
    windows.ForEachTap(copied, offset,
                       [&](FloatVector x, int64_t h, int64_t w) HWY_ATTR {
                         const auto tap = static_cast<int32_t>(h * width + w);
                         choice.Offer(x, hn::Add(begins, hn::Set(d, tap)));
                       });
    Store(choice.largest, FloatTag(), count, y + output);
    Store(choice.index, d, count, argmax + output);
  }
};

template <int kStride>
struct Average {
  static constexpr float kOutside = 0;
  float* const y;

  HWY_INLINE void operator()(const WindowVector<kStride>& windows,
                             const Rows& copied, int64_t offset, int64_t count,
                             int64_t output) const {
    const FloatTag d;
    const IndexTag di;
    FloatVector sum = hn::Zero(d);
    windows.ForEachTap(copied, offset,
                       [&](FloatVector x, int64_t, int64_t)
                           HWY_ATTR { sum = hn::Add(sum, x); });
    const PoolingAxis& axis = windows.o.width;
    const auto end = static_cast<int32_t>(axis.extent + axis.pad);
    const IndexVector columns =
        hn::Min(hn::Set(di, static_cast<int32_t>(axis.kernel)),
                hn::Sub(hn::Set(di, end), windows.Begins()));
    const IndexVector sizes =
        hn::Mul(columns, hn::Set(di, static_cast<int32_t>(windows.rows.size)));
    Store(hn::Div(sum, hn::ConvertTo(d, sizes)), d, count, y + output);
  }
};

template <int kStride, class Pool>
HWY_INLINE void ForEachVector(const PoolingOptions& o, const float* x,
                              const Pool& pool) {
  const int64_t lanes = hn::Lanes(FloatTag());
  const int64_t output_h = o.height.num_windows();
  const int64_t output_w = o.width.num_windows();
  for (int64_t begin = 0; begin < output_w; begin += kChunk) {
    const int64_t count = std::min(kChunk, output_w - begin);
    Rows copied(o, x, begin, count, Pool::kOutside);
    for (int64_t i = 0; i < output_h; ++i) {
      const Window rows = o.height.window(i);
      copied.Copy(rows);
      for (int64_t j = 0; j < count; j += lanes) {
        pool(WindowVector<kStride>{o, rows, begin + j}, copied, j, count - j,
             i * output_w + begin + j);
      }
    }
  }
}

}  // namespace

void MaxOfWindows(const PoolingOptions& o, const float* x, float* y,
                  int32_t* argmax) {
  if (o.width.stride == 1) {
    ForEachVector<1>(o, x, Max<1>{y, argmax});
  } else {
    ForEachVector<2>(o, x, Max<2>{y, argmax});
  }
}

void AverageOfWindows(const PoolingOptions& o, const float* x, float* y) {
  if (o.width.stride == 1) {
    ForEachVector<1>(o, x, Average<1>{y});
  } else {
    ForEachVector<2>(o, x, Average<2>{y});
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(MaxOfWindows);
HWY_EXPORT(AverageOfWindows);

}  // namespace

bool HasVectorWindows(const PoolingOptions& o) {
  return o.width.stride <= 2 && o.width.kernel <= kMaxKernel &&
         o.height.kernel <= kMaxKernel;
}

void MaxOfWindows(const PoolingOptions& o, const float* x, float* y,
                  int32_t* argmax) {
  HWY_DYNAMIC_DISPATCH(MaxOfWindows)(o, x, y, argmax);
}

void AverageOfWindows(const PoolingOptions& o, const float* x, float* y) {
  HWY_DYNAMIC_DISPATCH(AverageOfWindows)(o, x, y);
}

}  // namespace tamp

#endif  // HWY_ONCE
