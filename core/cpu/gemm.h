// Matrix product on one thread, by OpenBLAS.
//
// With two threads OpenBLAS is slower than with one on the shapes of DenseNets
// (few rows), so parallelism is ours: kernels call this from their own tiles.

#ifndef TAMP_CORE_CPU_GEMM_H_
#define TAMP_CORE_CPU_GEMM_H_

#include <cstdint>

#include "core/transpose.h"

namespace tamp {

// C = alpha * op(A) * op(B) + beta * C, row-major, op(A) is m x k, op(B) is
// k x n; lda, ldb, ldc are the elements between rows as stored. With beta 0, C
// is only written. Same bits whatever thread it runs on.
void Gemm(Transpose transpose_a, Transpose transpose_b, int64_t m, int64_t n,
          int64_t k, float alpha, const float* a, int64_t lda, const float* b,
          int64_t ldb, float beta, float* c, int64_t ldc);

}  // namespace tamp

#endif  // TAMP_CORE_CPU_GEMM_H_
