// Conversions between float and the types of 16 bits, under one name for both.

#ifndef TAMP_KERNELS_CUDA_HALF_CUH_
#define TAMP_KERNELS_CUDA_HALF_CUH_

#include <cuda_bf16.h>
#include <cuda_fp16.h>

namespace tamp {

__device__ __forceinline__ float ToFloat(__half value) {
  return __half2float(value);
}
__device__ __forceinline__ float ToFloat(__nv_bfloat16 value) {
  return __bfloat162float(value);
}

// To the nearest one, of two that are as near the even one.
template <typename Element>
__device__ __forceinline__ Element FromFloat(float value);
template <>
__device__ __forceinline__ __half FromFloat<__half>(float value) {
  return __float2half_rn(value);
}
template <>
__device__ __forceinline__ __nv_bfloat16 FromFloat<__nv_bfloat16>(float value) {
  return __float2bfloat16_rn(value);
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_HALF_CUH_
