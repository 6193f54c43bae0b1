// CUDA's half, as far as Tamp uses it: conversions, and its bits.

#ifndef TAMP_TESTS_CUDA_SIM_INCLUDE_CUDA_FP16_H_
#define TAMP_TESTS_CUDA_SIM_INCLUDE_CUDA_FP16_H_

#include "tests/cuda_sim/math/small_float.h"

struct __half {
  unsigned short bits;
};

inline __half __ushort_as_half(unsigned short bits) { return {bits}; }
inline unsigned short __half_as_ushort(__half value) { return value.bits; }

inline __half __float2half_rn(float value) {
  return {tamp::cuda_sim::Half::FromDouble(value)};
}
inline float __half2float(__half value) {
  return static_cast<float>(tamp::cuda_sim::Half::ToDouble(value.bits));
}

#endif  // TAMP_TESTS_CUDA_SIM_INCLUDE_CUDA_FP16_H_
