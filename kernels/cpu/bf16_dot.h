// The instructions of AVX512-BF16, which Highway 1.0.3 does not know. They are
// spelled as assembly: an intrinsic of GCC is refused in functions that are
// compiled for AVX-512 in general, and those choose when they run.

#ifndef TAMP_KERNELS_CPU_BF16_DOT_H_
#define TAMP_KERNELS_CPU_BF16_DOT_H_

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

namespace tamp {

// Whether processor and system have them.
inline bool HasBf16Dot() { return __builtin_cpu_supports("avx512bf16"); }

// Whether they also do more multiply-adds a cycle than those of float32: twice
// as many on AMD's Zen 4 and 5, half as many on Intel's processors so far.
inline bool IsBf16DotFast() {
  return HasBf16Dot() && !__builtin_cpu_is("intel");
}

// REQUIRES for the following: HasBf16Dot(). Vectors of bfloat16 are passed as
// vectors of floats. Numbers below 2^-126 are taken for 0.

// sums[i] + a[2 i] * b[2 i] + a[2 i + 1] * b[2 i + 1].
__attribute__((target("avx512f"), always_inline)) inline __m512 AddBf16Dots(
    __m512 a, __m512 b, __m512 sums) {
  asm("vdpbf16ps %2, %1, %0" : "+v"(sums) : "v"(a), "v"(b));
  return sums;
}

// 32 numbers, rounded to nearest: those of low, then those of high.
__attribute__((target("avx512f"), always_inline)) inline __m512 RoundToBf16s(
    __m512 low, __m512 high) {
  __m512 rounded;
  asm("vcvtne2ps2bf16 %1, %2, %0" : "=v"(rounded) : "v"(low), "v"(high));
  return rounded;
}

}  // namespace tamp

#else

namespace tamp {

inline bool HasBf16Dot() { return false; }
inline bool IsBf16DotFast() { return false; }

}  // namespace tamp

#endif

#endif  // TAMP_KERNELS_CPU_BF16_DOT_H_
