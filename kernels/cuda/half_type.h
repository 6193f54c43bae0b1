// The floats of 16 bits that tensor cores multiply.

#ifndef TAMP_KERNELS_CUDA_HALF_TYPE_H_
#define TAMP_KERNELS_CUDA_HALF_TYPE_H_

namespace tamp {

enum class HalfType { kFp16, kBf16 };

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_HALF_TYPE_H_
