// The library's products of matrices.

#include <cublas_v2.h>

#include <optional>

#include "tests/cuda_sim/cublas/handle.h"
#include "tests/cuda_sim/cublas/product.h"
#include "tests/cuda_sim/math/elements.h"

namespace tamp {
namespace cuda_sim {
namespace {

// Of products of float, by the handle's mode.
Operands OperandsOf(cublasHandle_t handle) {
  const cublasContext* const context = ContextOf(handle);
  if (context == nullptr) return Operands::kAsTheyAre;
  const int kind =
      context->math_mode & ~CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
  return kind == CUBLAS_TF32_TENSOR_OP_MATH ? Operands::kTf32
                                            : Operands::kAsTheyAre;
}

std::optional<ElementType> TypeOf(cudaDataType type) {
  switch (type) {
    case CUDA_R_32F:
      return ElementType::kFloat;
    case CUDA_R_16F:
      return ElementType::kHalf;
    case CUDA_R_16BF:
      return ElementType::kBfloat16;
    default:
      return std::nullopt;
  }
}

// Whether there is a product of such factors into such a result.
bool IsSupported(cudaDataType a, cudaDataType b, cudaDataType c,
                 cublasComputeType_t compute) {
  if (!TypeOf(a).has_value() || a != b || (c != a && c != CUDA_R_32F)) {
    return false;
  }
  switch (compute) {
    case CUBLAS_COMPUTE_32F:
    case CUBLAS_COMPUTE_32F_PEDANTIC:
      return true;
    case CUBLAS_COMPUTE_32F_FAST_TF32:
      return a == CUDA_R_32F;
    default:
      return false;
  }
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp

using tamp::cuda_sim::ElementType;
using tamp::cuda_sim::Operands;
using tamp::cuda_sim::OperandsOf;
using tamp::cuda_sim::QueueProduct;
using tamp::cuda_sim::TypeOf;

extern "C" {

cublasStatus_t cublasSgemm_v2(cublasHandle_t handle, cublasOperation_t transa,
                              cublasOperation_t transb, int m, int n, int k,
                              const float* alpha, const float* A, int lda,
                              const float* B, int ldb, const float* beta,
                              float* C, int ldc) {
  return QueueProduct(handle, {"cublasSgemm",
                               m,
                               n,
                               k,
                               1,
                               alpha,
                               {transa, ElementType::kFloat, A, lda, 0},
                               {transb, ElementType::kFloat, B, ldb, 0},
                               beta,
                               ElementType::kFloat,
                               C,
                               ldc,
                               0,
                               OperandsOf(handle)});
}

cublasStatus_t cublasSgemmStridedBatched(
    cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb,
    int m, int n, int k, const float* alpha, const float* A, int lda,
    long long int strideA, const float* B, int ldb, long long int strideB,
    const float* beta, float* C, int ldc, long long int strideC,
    int batchCount) {
  return QueueProduct(handle, {"cublasSgemmStridedBatched",
                               m,
                               n,
                               k,
                               batchCount,
                               alpha,
                               {transa, ElementType::kFloat, A, lda, strideA},
                               {transb, ElementType::kFloat, B, ldb, strideB},
                               beta,
                               ElementType::kFloat,
                               C,
                               ldc,
                               strideC,
                               OperandsOf(handle)});
}

cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa,
                            cublasOperation_t transb, int m, int n, int k,
                            const void* alpha, const void* A,
                            cudaDataType Atype, int lda, const void* B,
                            cudaDataType Btype, int ldb, const void* beta,
                            void* C, cudaDataType Ctype, int ldc,
                            cublasComputeType_t computeType,
                            cublasGemmAlgo_t algo) {
  if (tamp::cuda_sim::ContextOf(handle) == nullptr) {
    return CUBLAS_STATUS_NOT_INITIALIZED;
  }
  if (algo != CUBLAS_GEMM_DEFAULT ||
      !tamp::cuda_sim::IsSupported(Atype, Btype, Ctype, computeType)) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  Operands operands = Operands::kAsTheyAre;
  if (Atype == CUDA_R_32F && computeType != CUBLAS_COMPUTE_32F_PEDANTIC) {
    operands = computeType == CUBLAS_COMPUTE_32F_FAST_TF32 ? Operands::kTf32
                                                           : OperandsOf(handle);
  }
  return QueueProduct(handle, {"cublasGemmEx",
                               m,
                               n,
                               k,
                               1,
                               static_cast<const float*>(alpha),
                               {transa, *TypeOf(Atype), A, lda, 0},
                               {transb, *TypeOf(Btype), B, ldb, 0},
                               static_cast<const float*>(beta),
                               *TypeOf(Ctype),
                               C,
                               ldc,
                               0,
                               operands});
}

}  // extern "C"
