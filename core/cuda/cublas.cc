#include "core/cuda/cublas.h"

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

// What NVIDIA recommends for the newest devices is 32 MiB; the products of
// classifiers are small.
constexpr int64_t kWorkspaceBytes = 4 << 20;

absl::Status CublasStatus(cublasStatus_t answer, const char* call, int line) {
  if (answer == CUBLAS_STATUS_SUCCESS) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(__FILE__, ":", line, ": ", call, ": ",
                                          cublasGetStatusString(answer)));
}

#define RETURN_IF_CUBLAS_ERROR(call) \
  RETURN_IF_ERROR(CublasStatus((call), #call, __LINE__))

cublasOperation_t OperationOf(Transpose transpose) {
  return transpose == Transpose::kYes ? CUBLAS_OP_T : CUBLAS_OP_N;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Cublas>> Cublas::Create(CudaQueue* queue) {
  auto cublas = absl::WrapUnique(new Cublas(queue));
  RETURN_IF_ERROR(cublas->Open());
  return cublas;
}

absl::Status Cublas::Open() {
  cublasHandle_t handle = nullptr;
  RETURN_IF_CUBLAS_ERROR(cublasCreate(&handle));
  handle_.reset(handle);
  // In this order: a new stream takes the workspace away.
  RETURN_IF_CUBLAS_ERROR(cublasSetStream(handle, queue_->stream()));
  ASSIGN_OR_RETURN(workspace_, AllocateDeviceBytes(kWorkspaceBytes));
  RETURN_IF_CUBLAS_ERROR(
      cublasSetWorkspace(handle, workspace_.get(), kWorkspaceBytes));
  return absl::OkStatus();
}

// cuBLAS counts by columns: to it our matrices are transposed, and so are
// product and factors: C^T = op(B)^T * op(A)^T.
void Cublas::Gemm(Transpose transpose_a, Transpose transpose_b, int64_t m,
                  int64_t n, int64_t k, const float* a, int64_t lda,
                  const float* b, int64_t ldb, float beta, float* c,
                  int64_t ldc) {
  const float alpha = 1;
  const cublasStatus_t answer = cublasSgemm(
      handle_.get(), OperationOf(transpose_b), OperationOf(transpose_a),
      static_cast<int>(n), static_cast<int>(m), static_cast<int>(k), &alpha, b,
      static_cast<int>(ldb), a, static_cast<int>(lda), &beta, c,
      static_cast<int>(ldc));
  if (answer != CUBLAS_STATUS_SUCCESS) {
    queue_->Fail(cublasGetStatusString(answer), "cublasSgemm", __FILE__,
                 __LINE__);
  }
}

}  // namespace tamp
