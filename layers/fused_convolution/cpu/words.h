// What panels are packed in: words of 32 bits, and how they multiply.
//
//   FloatWords    a word is a float
//   RoundedWords  a word is a float, rounded to bfloat16
//   PairWords     a word is two numbers of bfloat16, the first in the lower
//                 half: a product of words is a sum of two products. For
//                 processors with AVX512-BF16, whose instructions take and make
//                 0 for what is below 2^-126.
//
// A vector of words is passed as a vector of floats, whatever the words hold.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WORDS_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WORDS_H_
#undef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WORDS_H_
#else
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WORDS_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

#include "core/check.h"
#include "kernels/cpu/bf16_dot.h"
#include "layers/fused_convolution/cpu/plan.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kMaxVector>;
using V = hn::Vec<D>;

constexpr int64_t kLanes = hn::MaxLanes(D());

struct FloatWords {
  static constexpr int64_t kValues = 1;  // a word
  static constexpr bool kRounds = false;

  static HWY_INLINE V MulAdd(V a, V b, V sum) { return hn::MulAdd(a, b, sum); }
  static HWY_INLINE V Round(V value) { return value; }
};

struct RoundedWords {
  static constexpr int64_t kValues = 1;
  static constexpr bool kRounds = true;

  static HWY_INLINE V MulAdd(V a, V b, V sum) { return hn::MulAdd(a, b, sum); }

  // See ToBf16 of kernels/bf16.h.
  static HWY_INLINE V Round(V value) {
    const hn::RebindToUnsigned<D> d;
    const auto bits = hn::BitCast(d, value);
    const auto is_odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d, 1));
    const auto rounded = hn::Add(bits, hn::Add(is_odd, hn::Set(d, 0x7FFF)));
    const auto nearest =
        hn::IfThenElse(hn::RebindMask(d, hn::IsNaN(value)),
                       hn::Or(bits, hn::Set(d, 0x400000)), rounded);
    return hn::BitCast(D(), hn::And(nearest, hn::Set(d, 0xFFFF0000u)));
  }
};

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL

// REQUIRES: HasBf16Dot().
struct PairWords {
  static constexpr int64_t kValues = 2;
  static constexpr bool kRounds = true;

  static HWY_INLINE V MulAdd(V a, V b, V sum) {
    return V{AddBf16Dots(a.raw, b.raw, sum.raw)};
  }

  // Word i is first[i], second[i].
  static HWY_INLINE V Pair(V first, V second) {
    alignas(64) static constexpr uint16_t kInterleaved[32] = {
        0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
        8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    return V{_mm512_castsi512_ps(_mm512_permutexvar_epi16(
        _mm512_load_si512(kInterleaved),
        _mm512_castps_si512(RoundToBf16s(first.raw, second.raw))))};
  }

  // Words of 2 kLanes numbers in their order: those of low, those of high.
  static HWY_INLINE V Adjoin(V low, V high) {
    return V{RoundToBf16s(low.raw, high.raw)};
  }

  // Undoes Pair for 2 kLanes words: words of the first numbers in their order,
  // and of the second ones.
  static HWY_INLINE V FirstOf(V low, V high) {
    const Halves d;
    return hn::BitCast(
        D(), hn::ConcatEven(d, hn::BitCast(d, high), hn::BitCast(d, low)));
  }
  static HWY_INLINE V SecondOf(V low, V high) {
    const Halves d;
    return hn::BitCast(
        D(), hn::ConcatOdd(d, hn::BitCast(d, high), hn::BitCast(d, low)));
  }

 private:
  using Halves = hn::Repartition<uint16_t, D>;
};

#endif

// Whether PairWords exist here, and on this processor.
inline bool HasPairWords() {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return HasBf16Dot();
#else
  return false;
#endif
}

// Runs Work<Words>(args...).Run() with the words that the options name.
template <template <class> class Work, class... Args>
void RunInWords(const FusedConvolutionOptions& options, Args&&... args) {
  if (options.precision == ProductPrecision::kFloat32) {
    Work<FloatWords>(args...).Run();
    return;
  }
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  if (options.bf16_products == Bf16Products::kPairs) {
    Work<PairWords>(args...).Run();
    return;
  }
#endif
  CHECK(options.bf16_products == Bf16Products::kFloats);
  Work<RoundedWords>(args...).Run();
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_WORDS_H_
