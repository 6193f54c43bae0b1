// C = alpha op(A) op(B) + beta C of column-major matrices, on a stream.

#ifndef TAMP_TESTS_CUDA_SIM_CUBLAS_PRODUCT_H_
#define TAMP_TESTS_CUDA_SIM_CUBLAS_PRODUCT_H_

#include <cublas_v2.h>

#include "tests/cuda_sim/math/elements.h"

namespace tamp {
namespace cuda_sim {

struct Factor {
  cublasOperation_t operation;
  ElementType type;
  const void* data;
  int leading_dimension;
  long long batch_stride;
};

struct Product {
  const char* call;  // for messages
  int m, n, k, batch;
  const float* alpha;
  Factor a, b;
  const float* beta;
  ElementType c_type;
  void* c;
  int c_leading_dimension;
  long long c_batch_stride;
  Operands operands;
};

// Refuses what NVIDIA's library refuses, and queues the rest. Aborts where
// products of a batch lie on each other.
cublasStatus_t QueueProduct(cublasHandle_t handle, const Product& product);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUBLAS_PRODUCT_H_
