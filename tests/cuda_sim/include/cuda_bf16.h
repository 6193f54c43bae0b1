// CUDA's bfloat16, as far as Tamp uses it: conversions, and its bits.

#ifndef TAMP_TESTS_CUDA_SIM_INCLUDE_CUDA_BF16_H_
#define TAMP_TESTS_CUDA_SIM_INCLUDE_CUDA_BF16_H_

#include "tests/cuda_sim/math/small_float.h"

struct __nv_bfloat16 {
  unsigned short bits;
};

inline __nv_bfloat16 __ushort_as_bfloat16(unsigned short bits) {
  return {bits};
}
inline unsigned short __bfloat16_as_ushort(__nv_bfloat16 value) {
  return value.bits;
}

inline __nv_bfloat16 __float2bfloat16_rn(float value) {
  return {tamp::cuda_sim::Bfloat16::FromDouble(value)};
}
inline float __bfloat162float(__nv_bfloat16 value) {
  return static_cast<float>(tamp::cuda_sim::Bfloat16::ToDouble(value.bits));
}

#endif  // TAMP_TESTS_CUDA_SIM_INCLUDE_CUDA_BF16_H_
