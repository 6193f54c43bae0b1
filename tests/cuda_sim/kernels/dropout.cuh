// y = x times the mask of dropout (kernels/dropout_mask.h).

#ifndef TAMP_TESTS_CUDA_SIM_KERNELS_DROPOUT_CUH_
#define TAMP_TESTS_CUDA_SIM_KERNELS_DROPOUT_CUH_

#include <cstdint>

#include "kernels/dropout_mask.h"

namespace tamp {

// Also the mask itself, a bit an element: 32 to a word, the lowest first. A
// thread an element; a block is whole warps.
__global__ void Dropout(const float* x, DropoutMask mask, float* y,
                        uint32_t* kept, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  const float factor = i < n ? mask.Factor(i) : 0;
  const uint32_t word = __ballot_sync(0xffffffff, factor != 0);
  if (i >= n) return;
  if (threadIdx.x % 32 == 0) kept[i / 32] = word;
  y[i] = factor * x[i];
}

}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_KERNELS_DROPOUT_CUH_
