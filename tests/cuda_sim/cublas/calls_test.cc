// What needs no device. With --config=cuda the same test asks NVIDIA's library.

#include <cublas_v2.h>

#include "gtest/gtest.h"

namespace tamp {
namespace {

constexpr auto kNone = CUBLAS_STATUS_NOT_INITIALIZED;

TEST(CublasTest, NeedsAHandle) {
  const float one = 1;
  float c;
  EXPECT_EQ(cublasCreate(nullptr), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(cublasDestroy(nullptr), kNone);
  EXPECT_EQ(cublasSetStream(nullptr, nullptr), kNone);
  EXPECT_EQ(cublasSetWorkspace(nullptr, nullptr, 0), kNone);
  EXPECT_EQ(cublasSetMathMode(nullptr, CUBLAS_DEFAULT_MATH), kNone);
  EXPECT_EQ(cublasSgemm(nullptr, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, &one, &one,
                        1, &one, 1, &one, &c, 1),
            kNone);
  EXPECT_EQ(cublasSgemmStridedBatched(nullptr, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1,
                                      1, &one, &one, 1, 1, &one, 1, 1, &one, &c,
                                      1, 1, 1),
            kNone);
  EXPECT_EQ(
      cublasGemmEx(nullptr, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, &one, &one,
                   CUDA_R_32F, 1, &one, CUDA_R_32F, 1, &one, &c, CUDA_R_32F, 1,
                   CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
      kNone);
}

TEST(CublasTest, HasAVersion) {
  int version = 0;
  EXPECT_EQ(cublasGetVersion(nullptr, &version), CUBLAS_STATUS_SUCCESS);
  EXPECT_GE(version, 120000);
}

TEST(CublasTest, SaysWhatStatusesMean) {
  EXPECT_STREQ(cublasGetStatusString(CUBLAS_STATUS_SUCCESS), "success");
  EXPECT_STREQ(cublasGetStatusString(CUBLAS_STATUS_NOT_INITIALIZED),
               "the library was not initialized");
  EXPECT_STREQ(cublasGetStatusString(CUBLAS_STATUS_ALLOC_FAILED),
               "the resource allocation failed");
  EXPECT_STREQ(cublasGetStatusString(CUBLAS_STATUS_INVALID_VALUE),
               "an unsupported value or parameter was passed to the function");
  EXPECT_STREQ(cublasGetStatusString(CUBLAS_STATUS_ARCH_MISMATCH),
               "the function requires an architectural feature absent from the "
               "device");
  EXPECT_STREQ(cublasGetStatusString(CUBLAS_STATUS_MAPPING_ERROR),
               "an access to GPU memory space failed");
  EXPECT_STREQ(cublasGetStatusString(CUBLAS_STATUS_EXECUTION_FAILED),
               "the function failed to launch on the GPU");
  EXPECT_STREQ(cublasGetStatusString(CUBLAS_STATUS_INTERNAL_ERROR),
               "an internal operation failed");
  EXPECT_STREQ(cublasGetStatusString(CUBLAS_STATUS_NOT_SUPPORTED),
               "the requested functionality is not supported");
  EXPECT_STREQ(cublasGetStatusString(CUBLAS_STATUS_LICENSE_ERROR),
               "the license check failed");
  EXPECT_STREQ(cublasGetStatusString(static_cast<cublasStatus_t>(99)),
               "unrecognized status");
}

}  // namespace
}  // namespace tamp
