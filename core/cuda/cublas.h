// Matrix products by cuBLAS, on a device's queue.

#ifndef TAMP_CORE_CUDA_CUBLAS_H_
#define TAMP_CORE_CUDA_CUBLAS_H_

#include <cublas_v2.h>

#include <cstdint>
#include <memory>
#include <type_traits>

#include "absl/status/statusor.h"
#include "core/cuda/handles.h"
#include "core/cuda/queue.h"
#include "core/transpose.h"

namespace tamp {

class Cublas {
 public:
  // The queue must outlive it. Takes memory of the device that products work
  // in, so that none is taken later, and the same product has the same bits.
  static absl::StatusOr<std::unique_ptr<Cublas>> Create(CudaQueue* queue);

  // C = op(A) * op(B) + beta * C in float, row-major, op(A) is m x k, op(B) is
  // k x n; lda, ldb, ldc are the elements between rows as stored. With beta 0,
  // C is only written. REQUIRES: all of them fit an int.
  void Gemm(Transpose transpose_a, Transpose transpose_b, int64_t m, int64_t n,
            int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb,
            float beta, float* c, int64_t ldc);

 private:
  struct Destroyer {
    void operator()(cublasHandle_t handle) const { cublasDestroy(handle); }
  };

  explicit Cublas(CudaQueue* queue) : queue_(queue) {}
  absl::Status Open();

  CudaQueue* const queue_;
  DeviceBytes workspace_;
  std::unique_ptr<std::remove_pointer_t<cublasHandle_t>, Destroyer> handle_;
};

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUBLAS_H_
