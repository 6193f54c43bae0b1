// The headers that nvcc reads, those that the host compiler reads and the
// libraries that are linked are of one toolkit. Needs no GPU.

#include "third_party/cuda/versions.h"

#include <cublas_v2.h>
#include <cuda_runtime_api.h>
#include <cudnn.h>
#include <nccl.h>

#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(VersionsTest, Cudart) {
  EXPECT_EQ(VersionOfCompiler(), CUDART_VERSION);
  EXPECT_EQ(VersionOfRuntime(), CUDART_VERSION);
}

TEST(VersionsTest, Cublas) {
  int major = -1, minor = -1;
  ASSERT_EQ(cublasGetProperty(MAJOR_VERSION, &major), CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cublasGetProperty(MINOR_VERSION, &minor), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(major, CUBLAS_VER_MAJOR);
  EXPECT_EQ(minor, CUBLAS_VER_MINOR);
}

TEST(VersionsTest, Cudnn) {
  EXPECT_EQ(CUDNN_MAJOR, 9);
  EXPECT_EQ(cudnnGetVersion(), size_t{CUDNN_VERSION});
  EXPECT_EQ(cudnnGetCudartVersion() / 1000, size_t{CUDART_VERSION / 1000});
}

TEST(VersionsTest, Nccl) {
  int version = -1;
  ASSERT_EQ(ncclGetVersion(&version), ncclSuccess);
  EXPECT_EQ(version, NCCL_VERSION_CODE);
}

}  // namespace
}  // namespace tamp
