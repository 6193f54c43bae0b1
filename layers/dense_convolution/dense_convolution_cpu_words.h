// What panels are packed in: words of 32 bits, and how they multiply.
//
//   Float32Words  a word is a float
//   Bf16Words     a word is two numbers of bfloat16, the first in the lower
//                 half: a product of words is a sum of two products. Any
//                 processor, with float32 multiply-adds.
//   Bf16DotWords  the same words, for processors with AVX512-BF16. Its
//                 instructions take and make 0 for what is below 2^-126.
//
// A vector of words is passed as a vector of floats, whatever the words hold.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_WORDS_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_WORDS_H_
#undef TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_WORDS_H_
#else
#define TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_WORDS_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

#include "core/cpu/bf16_dot.h"
#include "layers/dense_convolution/dense_convolution_cpu_plan.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kMaxVector>;
using V = hn::Vec<D>;

constexpr int64_t kLanes = hn::MaxLanes(D());

struct Float32Words {
  static constexpr int64_t kValues = 1;  // a word

  static HWY_INLINE V MulAdd(V a, V b, V sum) { return hn::MulAdd(a, b, sum); }
};

struct Bf16Words {
  static constexpr int64_t kValues = 2;
  using Bits = hn::RebindToUnsigned<D>;

  static HWY_INLINE V MulAdd(V a, V b, V sum) {
    return hn::MulAdd(First(a), First(b),
                      hn::MulAdd(Second(a), Second(b), sum));
  }

  // Word i is first[i], second[i].
  static HWY_INLINE V Pair(V first, V second) {
    return hn::BitCast(D(), hn::Or(hn::ShiftRight<16>(Rounded(first)),
                                   hn::And(Rounded(second), UpperHalf())));
  }

  // Words of 2 kLanes numbers in their order: those of low, those of high.
  static HWY_INLINE V Adjoin(V low, V high) {
    return UpperHalves(hn::BitCast(D(), Rounded(low)),
                       hn::BitCast(D(), Rounded(high)));
  }

  // Undoes Pair for 2 kLanes words: words of the first numbers in their order,
  // and of the second ones.
  static HWY_INLINE V FirstOf(V low, V high) { return LowerHalves(low, high); }
  static HWY_INLINE V SecondOf(V low, V high) { return UpperHalves(low, high); }

 private:
  static HWY_INLINE hn::Vec<Bits> UpperHalf() {
    return hn::Set(Bits(), 0xFFFF0000u);
  }
  static HWY_INLINE V First(V words) {
    return hn::BitCast(D(), hn::ShiftLeft<16>(hn::BitCast(Bits(), words)));
  }
  static HWY_INLINE V Second(V words) {
    return hn::BitCast(D(), hn::And(hn::BitCast(Bits(), words), UpperHalf()));
  }

  // Words of the lower or upper halves of 2 kLanes words, in their order.
#if HWY_TARGET == HWY_SCALAR
  static HWY_INLINE V LowerHalves(V low, V high) {
    const Bits d;
    return hn::BitCast(D(),
                       hn::Or(hn::And(hn::BitCast(d, low), hn::Set(d, 0xFFFF)),
                              hn::ShiftLeft<16>(hn::BitCast(d, high))));
  }
  static HWY_INLINE V UpperHalves(V low, V high) {
    const Bits d;
    return hn::BitCast(D(), hn::Or(hn::ShiftRight<16>(hn::BitCast(d, low)),
                                   hn::And(hn::BitCast(d, high), UpperHalf())));
  }
#else
  static HWY_INLINE V LowerHalves(V low, V high) {
    const hn::Repartition<uint16_t, D> d;
    return hn::BitCast(
        D(), hn::ConcatEven(d, hn::BitCast(d, high), hn::BitCast(d, low)));
  }
  static HWY_INLINE V UpperHalves(V low, V high) {
    const hn::Repartition<uint16_t, D> d;
    return hn::BitCast(
        D(), hn::ConcatOdd(d, hn::BitCast(d, high), hn::BitCast(d, low)));
  }
#endif

  // The upper half is the bfloat16; see ToBf16 of core/bf16.h.
  static HWY_INLINE hn::Vec<Bits> Rounded(V value) {
    const Bits d;
    const auto bits = hn::BitCast(d, value);
    const auto is_odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d, 1));
    const auto rounded = hn::Add(bits, hn::Add(is_odd, hn::Set(d, 0x7FFF)));
    return hn::IfThenElse(hn::RebindMask(d, hn::IsNaN(value)),
                          hn::Or(bits, hn::Set(d, 0x400000)), rounded);
  }
};

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL

// REQUIRES: HasBf16Dot().
struct Bf16DotWords {
  static constexpr int64_t kValues = 2;

  static HWY_INLINE V MulAdd(V a, V b, V sum) {
    return V{AddBf16Dots(a.raw, b.raw, sum.raw)};
  }
  static HWY_INLINE V Pair(V first, V second) {
    alignas(64) static constexpr uint16_t kInterleaved[32] = {
        0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
        8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    return V{_mm512_castsi512_ps(_mm512_permutexvar_epi16(
        _mm512_load_si512(kInterleaved),
        _mm512_castps_si512(RoundToBf16s(first.raw, second.raw))))};
  }
  static HWY_INLINE V Adjoin(V low, V high) {
    return V{RoundToBf16s(low.raw, high.raw)};
  }
  static HWY_INLINE V FirstOf(V low, V high) {
    return Bf16Words::FirstOf(low, high);
  }
  static HWY_INLINE V SecondOf(V low, V high) {
    return Bf16Words::SecondOf(low, high);
  }
};

#endif

// Runs Work<Words>(args...).Run() with the fastest words for the precision.
template <template <class> class Work, class... Args>
void RunInWords(const DenseConvolutionOptions& options, Args&&... args) {
  if (options.precision == ProductPrecision::kFloat32) {
    Work<Float32Words>(args...).Run();
    return;
  }
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  if (HasBf16Dot() && !options.avoids_bf16_dot) {
    Work<Bf16DotWords>(args...).Run();
    return;
  }
#endif
  Work<Bf16Words>(args...).Run();
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_DENSE_CONVOLUTION_DENSE_CONVOLUTION_CPU_WORDS_H_
