// What happens to y on its way into memory: dropout, and the sums of its
// statistics.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_CONVOLUTION_CPU_FINISH_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_FINISH_H_
#undef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_FINISH_H_
#else
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_FINISH_H_
#endif

#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/cpu/dropout_factors.h"
#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/cpu/tile.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

// Sums of values around a shift that is close to their mean, so that a large
// mean leaves the squares precise.
class ShiftedSums {
 public:
  explicit ShiftedSums(float shift) : shift_(shift) {}

  HWY_INLINE void Add(V value) {
    const V deviation = hn::Sub(value, hn::Set(D(), shift_));
    sum_ = hn::Add(sum_, deviation);
    squares_ = hn::MulAdd(deviation, deviation, squares_);
  }
  HWY_INLINE void AddFirst(V value, int64_t count) {
    const V shift = hn::Set(D(), shift_);
    Add(hn::IfThenElse(hn::FirstN(D(), count), value, shift));
  }

  Moments ToMoments(int64_t count) const {
    Moments moments;
    const double sum = SumLanes(sum_);
    moments.count = double(count);
    moments.mean = shift_ + sum / moments.count;
    moments.squares = SumLanes(squares_) - sum * sum / moments.count;
    return moments;
  }

 private:
  const float shift_;
  V sum_ = hn::Zero(D()), squares_ = hn::Zero(D());
};

// Multiplies with factors, unless null, stores, and adds to the sums.
HWY_INLINE void FinishRun(const float* from, const float* factors,
                          int64_t count, float* to, ShiftedSums* sums) {
  const D d;
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    V value = hn::LoadU(d, from + i);
    if (factors) value = hn::Mul(value, hn::LoadU(d, factors + i));
    hn::StoreU(value, d, to + i);
    sums->Add(value);
  }
  if (i == count) return;
  V value = LoadFirst(from + i, count - i);
  if (factors) value = hn::Mul(value, LoadFirst(factors + i, count - i));
  StoreFirst(value, count - i, to + i);
  sums->AddFirst(value, count - i);
}

// The batch norm and ReLU behind a convolution in nets for testing. The floor
// is 0 or, where nothing is rectified, minus infinity.
HWY_INLINE void ShiftRun(const float* from, float shift, float floor,
                         int64_t count, float* to) {
  const D d;
  const V shifts = hn::Set(d, shift), floors = hn::Set(d, floor);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const V value = hn::Add(hn::LoadU(d, from + i), shifts);
    hn::StoreU(hn::Max(floors, value), d, to + i);
  }
  if (i == count) return;
  const V value = hn::Add(LoadFirst(from + i, count - i), shifts);
  StoreFirst(hn::Max(floors, value), count - i, to + i);
}

// One output of a panel as a driver leaves it.
struct RawOutput {
  const float* data;
  int64_t image_stride, pitch;  // of rows
};

// Memory that finishing takes: room for a panel's factors of dropout, and what
// outputs are shifted by.
struct FinishPlaces {
  float* factors;
  const float* shifts;
};

// `moments` are those of output k over the tile so far.
HWY_INLINE void FinishOutput(const FusedConvolutionOptions& o,
                             const FusedConvolutionForwardArgs<float>& args,
                             const Panel& panel, int64_t k,
                             const RawOutput& raw, const FinishPlaces& places,
                             Moments* moments) {
  const int64_t width = o.output_w(), count = panel.num_rows * width;
  const bool is_dense = raw.pitch == width;
  const int64_t run = is_dense ? count : width;
  const float shift = o.shifts_output ? places.shifts[k] : 0;
  const float floor =
      o.rectifies_output ? 0 : -std::numeric_limits<float>::infinity();
  ShiftedSums sums(moments->count > 0 ? float(moments->mean) : raw.data[0]);
  for (int64_t n = panel.image; n < panel.image + panel.num_images; ++n) {
    const int64_t begin = panel.row * width;
    if (o.drops) {
      DropoutFactors(args.dropout,
                     (n * o.num_output + k) * o.output_size() + begin, count,
                     places.factors);
    }
    const float* from = raw.data + (n - panel.image) * raw.image_stride;
    for (int64_t i = 0; i < count; i += run) {
      float* to = args.y.at(n, k) + begin + i;
      if (o.shifts_output) {
        ShiftRun(from, shift, floor, run, to);
      } else {
        FinishRun(from, o.drops ? places.factors + i : nullptr, run, to, &sums);
      }
      from += raw.pitch;
    }
  }
  AddMoments(sums.ToMoments(panel.num_images * count), moments);
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_FINISH_H_
