// cublasHandle_t: a device, and how its products are computed.

#ifndef TAMP_TESTS_CUDA_SIM_CUBLAS_HANDLE_H_
#define TAMP_TESTS_CUDA_SIM_CUBLAS_HANDLE_H_

#include <cublas_v2.h>

#include <cstddef>

// The library's opaque type.
struct cublasContext {
  int device = 0;
  cudaStream_t stream = nullptr;  // null is the default one
  cublasMath_t math_mode = CUBLAS_DEFAULT_MATH;
  // The caller's; without one the library has its own.
  void* workspace = nullptr;
  size_t workspace_bytes = 0;
};

namespace tamp {
namespace cuda_sim {

// Null for null. Aborts when a handle was destroyed or never created.
cublasContext* ContextOf(cublasHandle_t handle);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUBLAS_HANDLE_H_
