// What products compute, and what they refuse.

#include <cublas_v2.h>
#include <cuda_runtime_api.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cuda_sim/runtime/simulated_devices.h"
#include "tests/cuda_sim/runtime/test_objects.h"

namespace tamp {
namespace cuda_sim {
namespace {

using testing::ElementsAre;

constexpr auto kSuccess = CUBLAS_STATUS_SUCCESS;
constexpr auto kInvalid = CUBLAS_STATUS_INVALID_VALUE;
constexpr auto kN = CUBLAS_OP_N;
constexpr auto kT = CUBLAS_OP_T;
constexpr float kZero = 0, kOne = 1;

class ProductsTest : public testing::Test {
 protected:
  ProductsTest() {
    EXPECT_EQ(cublasCreate(&handle_), kSuccess);
    EXPECT_EQ(cublasSetStream(handle_, stream_), kSuccess);
  }
  ~ProductsTest() override { EXPECT_EQ(cublasDestroy(handle_), kSuccess); }

  // A is 1 3 / 2 4 or so, B 5 8 11 / 6 9 12; C is not yet anything.
  void UploadFactors() {
    Upload({1, 2, 3, 4}, a_.data(), stream_);
    Upload({5, 6, 8, 9, 11, 12}, b_.data(), stream_);
  }
  std::vector<float> C(int n) { return Download(c_.data(), n, stream_); }

  TestStream stream_;
  cublasHandle_t handle_ = nullptr;
  TestFloats a_{16}, b_{16}, c_{16};
};

TEST_F(ProductsTest, IsWhatOneComputesByHand) {
  UploadFactors();
  EXPECT_EQ(cublasSgemm(handle_, kN, kN, 2, 3, 2, &kOne, a_.data(), 2,
                        b_.data(), 2, &kZero, c_.data(), 2),
            kSuccess);
  EXPECT_THAT(C(6), ElementsAre(23, 34, 35, 52, 47, 70));
  // Transposed: 1 2 / 3 4 and, as 3 x 2, 5 9 / 6 11 / 8 12.
  EXPECT_EQ(cublasSgemm(handle_, kT, kT, 2, 3, 2, &kOne, a_.data(), 2,
                        b_.data(), 3, &kZero, c_.data(), 2),
            kSuccess);
  EXPECT_THAT(C(6), ElementsAre(23, 51, 28, 62, 32, 72));
}

TEST_F(ProductsTest, TakesLeadingDimensionsAndFactors) {
  Upload({1, 2, 0, 3, 4, 0}, a_.data(), stream_);
  Upload({5, 6, 0, 0, 8, 9}, b_.data(), stream_);
  Upload({1, 1, 7, 1, 1}, c_.data(), stream_);
  const float alpha = 2, beta = -1;
  EXPECT_EQ(cublasSgemm(handle_, kN, kN, 2, 2, 2, &alpha, a_.data(), 3,
                        b_.data(), 4, &beta, c_.data(), 3),
            kSuccess);
  EXPECT_THAT(C(5), ElementsAre(45, 67, 7, 69, 103));
}

TEST_F(ProductsTest, OfNothing) {
  Upload({3, 4}, c_.data(), stream_);
  const float beta = 2;
  EXPECT_EQ(cublasSgemm(handle_, kN, kN, 2, 1, 0, &kOne, nullptr, 2, nullptr, 1,
                        &beta, c_.data(), 2),
            kSuccess);
  EXPECT_THAT(C(2), ElementsAre(6, 8));
  // Factors that do not count may be anything: these are NaN.
  EXPECT_EQ(cublasSgemm(handle_, kN, kN, 2, 1, 2, &kZero, a_.data(), 2,
                        b_.data(), 2, &beta, c_.data(), 2),
            kSuccess);
  EXPECT_THAT(C(2), ElementsAre(12, 16));
  EXPECT_EQ(cublasSgemm(handle_, kN, kN, 0, 1, 2, &kOne, nullptr, 1, nullptr, 2,
                        &beta, nullptr, 1),
            kSuccess);
}

TEST_F(ProductsTest, Batches) {
  Upload({1, 2, 3, 4}, a_.data(), stream_);
  Upload({5, 0, 6}, b_.data(), stream_);
  const auto multiply = [&](long long c_stride) {
    return cublasSgemmStridedBatched(handle_, kN, kN, 2, 1, 1, &kOne, a_.data(),
                                     2, 2, b_.data(), 1, 2, &kZero, c_.data(),
                                     2, c_stride, 2);
  };
  Upload({9, 9, 9, 9, 9}, c_.data(), stream_);
  EXPECT_EQ(multiply(3), kSuccess);
  EXPECT_THAT(C(5), ElementsAre(5, 10, 9, 18, 24));
  EXPECT_DEATH(multiply(1), "lie on each other");
}

TEST_F(ProductsTest, RefusesArgumentsThatDoNotFit) {
  const float* const alpha = &kOne;
  const auto multiply = [&](cublasOperation_t transa, cublasOperation_t transb,
                            int m, int n, int k, int lda, int ldb, int ldc) {
    return cublasSgemm(handle_, transa, transb, m, n, k, alpha, a_.data(), lda,
                       b_.data(), ldb, &kZero, c_.data(), ldc);
  };
  EXPECT_EQ(multiply(kN, kN, 2, 3, 1, 1, 1, 2), kInvalid);
  EXPECT_EQ(multiply(kT, kN, 2, 3, 4, 3, 4, 2), kInvalid);
  EXPECT_EQ(multiply(kN, kN, 2, 3, 4, 2, 3, 2), kInvalid);
  EXPECT_EQ(multiply(kN, kT, 2, 3, 1, 2, 2, 2), kInvalid);
  EXPECT_EQ(multiply(kN, kN, 2, 3, 1, 2, 1, 1), kInvalid);
  EXPECT_EQ(multiply(kN, kN, -1, 3, 1, 2, 1, 2), kInvalid);
  EXPECT_EQ(multiply(kN, kN, 2, -1, 1, 2, 1, 2), kInvalid);
  EXPECT_EQ(multiply(kN, kN, 2, 3, -1, 2, 1, 2), kInvalid);
  EXPECT_EQ(multiply(static_cast<cublasOperation_t>(7), kN, 1, 1, 1, 1, 1, 1),
            kInvalid);
  EXPECT_EQ(multiply(kN, static_cast<cublasOperation_t>(7), 1, 1, 1, 1, 1, 1),
            kInvalid);
  EXPECT_EQ(cublasSgemm(handle_, kN, kN, 1, 1, 1, nullptr, a_.data(), 1,
                        b_.data(), 1, &kZero, c_.data(), 1),
            kInvalid);
  EXPECT_EQ(cublasSgemm(handle_, kN, kN, 1, 1, 1, alpha, a_.data(), 1,
                        b_.data(), 1, nullptr, c_.data(), 1),
            kInvalid);
  EXPECT_EQ(cublasSgemm(handle_, kN, kN, 1, 1, 1, alpha, a_.data(), 1,
                        b_.data(), 1, &kZero, nullptr, 1),
            kInvalid);
}

TEST_F(ProductsTest, KeepsToItsMemory) {
  const auto multiply = [&](int lda, int ldb, int ldc) {
    return cublasSgemm(handle_, kN, kN, 1, 2, 2, &kOne, a_.data(), lda,
                       b_.data(), ldb, &kZero, c_.data(), ldc);
  };
  EXPECT_DEATH(multiply(16, 2, 1), "cublasSgemm");
  EXPECT_DEATH(multiply(1, 15, 1), "cublasSgemm");
  EXPECT_DEATH(multiply(1, 2, 16), "cublasSgemm");
}

TEST_F(ProductsTest, RoundsFactorsToTf32WhereItMay) {
  const float finer = 1 + std::ldexp(1.f, -12);
  Upload({finer}, a_.data(), stream_);
  Upload({1}, b_.data(), stream_);
  const auto by_mode = [&](int mode) {
    EXPECT_EQ(cublasSetMathMode(handle_, static_cast<cublasMath_t>(mode)),
              kSuccess);
    EXPECT_EQ(cublasSgemm(handle_, kN, kN, 1, 1, 1, &kOne, a_.data(), 1,
                          b_.data(), 1, &kZero, c_.data(), 1),
              kSuccess);
    return C(1)[0];
  };
  EXPECT_EQ(by_mode(CUBLAS_DEFAULT_MATH), finer);
  EXPECT_EQ(by_mode(CUBLAS_PEDANTIC_MATH), finer);
  EXPECT_EQ(by_mode(CUBLAS_TF32_TENSOR_OP_MATH), 1);
  EXPECT_EQ(by_mode(CUBLAS_TF32_TENSOR_OP_MATH |
                    CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION),
            1);
  EXPECT_EQ(cublasSetMathMode(handle_, static_cast<cublasMath_t>(9)), kInvalid);

  const auto by_compute = [&](cublasComputeType_t compute) {
    EXPECT_EQ(
        cublasGemmEx(handle_, kN, kN, 1, 1, 1, &kOne, a_.data(), CUDA_R_32F, 1,
                     b_.data(), CUDA_R_32F, 1, &kZero, c_.data(), CUDA_R_32F, 1,
                     compute, CUBLAS_GEMM_DEFAULT),
        kSuccess);
    return C(1)[0];
  };
  EXPECT_EQ(by_compute(CUBLAS_COMPUTE_32F), 1) << "as the handle's mode is";
  EXPECT_EQ(by_compute(CUBLAS_COMPUTE_32F_PEDANTIC), finer);
  EXPECT_EQ(cublasSetMathMode(handle_, CUBLAS_DEFAULT_MATH), kSuccess);
  EXPECT_EQ(by_compute(CUBLAS_COMPUTE_32F), finer);
  EXPECT_EQ(by_compute(CUBLAS_COMPUTE_32F_FAST_TF32), 1);
}

TEST_F(ProductsTest, TakesSmallTypes) {
  const auto multiply = [&](cudaDataType a, cudaDataType b, cudaDataType c,
                            cublasComputeType_t compute) {
    return cublasGemmEx(handle_, kN, kN, 1, 1, 1, &kOne, a_.data(), a, 1,
                        b_.data(), b, 1, &kZero, c_.data(), c, 1, compute,
                        CUBLAS_GEMM_DEFAULT);
  };
  constexpr auto kCompute = CUBLAS_COMPUTE_32F;
  // 1.5 and 2 as halves, in the low halves of floats.
  const uint32_t halves[] = {0x3e00, 0x4000};
  EXPECT_EQ(cudaMemcpyAsync(a_.data(), &halves[0], 4, cudaMemcpyHostToDevice,
                            stream_),
            cudaSuccess);
  EXPECT_EQ(cudaMemcpyAsync(b_.data(), &halves[1], 4, cudaMemcpyHostToDevice,
                            stream_),
            cudaSuccess);
  EXPECT_EQ(multiply(CUDA_R_16F, CUDA_R_16F, CUDA_R_32F, kCompute), kSuccess);
  EXPECT_EQ(C(1)[0], 3);
  // As bfloat16 the same bits are 2^-3 * 1.0 and 2 of the same type.
  EXPECT_EQ(multiply(CUDA_R_16BF, CUDA_R_16BF, CUDA_R_32F, kCompute), kSuccess);
  EXPECT_EQ(C(1)[0], 0.125f * 2);

  constexpr auto kNot = CUBLAS_STATUS_NOT_SUPPORTED;
  EXPECT_EQ(multiply(CUDA_R_16F, CUDA_R_32F, CUDA_R_32F, kCompute), kNot);
  EXPECT_EQ(multiply(CUDA_R_32F, CUDA_R_32F, CUDA_R_16F, kCompute), kNot);
  EXPECT_EQ(multiply(CUDA_R_64F, CUDA_R_64F, CUDA_R_64F, kCompute), kNot);
  EXPECT_EQ(multiply(CUDA_R_16F, CUDA_R_16F, CUDA_R_16F,
                     CUBLAS_COMPUTE_32F_FAST_TF32),
            kNot);
  EXPECT_EQ(multiply(CUDA_R_16F, CUDA_R_16F, CUDA_R_16F,
                     static_cast<cublasComputeType_t>(64)),
            kNot);
}

TEST_F(ProductsTest, UsesTheWorkspaceUntilTheStreamChanges) {
  UploadFactors();
  TestFloats room(64);
  EXPECT_EQ(cublasSetWorkspace(handle_, room.data() + 1, 16), kInvalid);
  const auto multiply = [&] {
    return cublasSgemm(handle_, kN, kN, 1, 1, 1, &kOne, a_.data(), 1, b_.data(),
                       1, &kZero, c_.data(), 1);
  };
  EXPECT_EQ(cublasSetWorkspace(handle_, room.data(), 64 * sizeof(float)),
            kSuccess);
  EXPECT_EQ(multiply(), kSuccess);
  EXPECT_EQ(cublasSetWorkspace(handle_, room.data(), 1 << 20), kSuccess);
  EXPECT_DEATH(multiply(), "cublasSgemm");
  EXPECT_EQ(cublasSetStream(handle_, stream_), kSuccess);
  EXPECT_EQ(multiply(), kSuccess);
  EXPECT_EQ(C(1)[0], 5);
}

TEST_F(ProductsTest, HandlesAreNotUsedOnceDestroyed) {
  cublasHandle_t handle;
  ASSERT_EQ(cublasCreate(&handle), kSuccess);
  EXPECT_EQ(cublasDestroy(handle), kSuccess);
  EXPECT_DEATH(cublasDestroy(handle), "destroyed or never created");
  EXPECT_DEATH(cublasSetMathMode(handle, CUBLAS_DEFAULT_MATH),
               "destroyed or never created");
}

TEST(CublasSystemTest, NeedsADevice) {
  SimulatedSystem system;
  system.devices.clear();
  const ScopedSystem scoped(system);
  cublasHandle_t handle;
  EXPECT_EQ(cublasCreate(&handle), CUBLAS_STATUS_NOT_INITIALIZED);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST(CublasSystemTest, KeepsToItsDevice) {
  SimulatedSystem system;
  system.devices.resize(2);
  const ScopedSystem scoped(system);
  cublasHandle_t handle;
  ASSERT_EQ(cublasCreate(&handle), kSuccess);
  EXPECT_EQ(cudaSetDevice(1), cudaSuccess);
  {
    TestStream other;
    EXPECT_DEATH(cublasSetStream(handle, other), "another device");
  }
  EXPECT_EQ(cudaSetDevice(0), cudaSuccess);
  EXPECT_EQ(cublasDestroy(handle), kSuccess);
}

TEST(CublasSystemTest, ABrokenDeviceTakesNoMoreWork) {
  const ScopedSystem scoped({});
  TestStream stream;
  TestFloats c(1);
  cublasHandle_t handle;
  ASSERT_EQ(cublasCreate(&handle), kSuccess);
  EXPECT_EQ(cublasSetStream(handle, stream), kSuccess);
  const auto clear = [&] {
    return cublasSgemm(handle, kN, kN, 1, 1, 0, &kOne, nullptr, 1, nullptr, 1,
                       &kZero, c.data(), 1);
  };
  BreakNextWork(0, cudaErrorLaunchFailure);
  EXPECT_EQ(clear(), kSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorLaunchFailure);
  EXPECT_EQ(clear(), CUBLAS_STATUS_EXECUTION_FAILED);
  EXPECT_EQ(cublasDestroy(handle), kSuccess);
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
