#include "core/cuda/cudnn/cudnn_handle.h"

#include <cuda_runtime_api.h>
#include <cudnn.h>

#include <utility>

#include "core/cuda/handles.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

TEST(CheckCudnnVersionTest, TakesVersionNineFromTheFirstThatWillDo) {
  EXPECT_OK(CheckCudnnVersion(90800));
  EXPECT_OK(CheckCudnnVersion(91900));
  EXPECT_OK(CheckCudnnVersion(CUDNN_VERSION));
}

TEST(CheckCudnnVersionTest, SaysWhatIsThereAndWhatIsNeeded) {
  EXPECT_THAT(CheckCudnnVersion(90701),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("found cuDNN 9.7, but Tamp needs version 9, "
                                 "from 9.8 on")));
  EXPECT_THAT(CheckCudnnVersion(100000),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("found cuDNN 10.0")));
  EXPECT_THAT(CheckCudnnVersion(8907),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("found cuDNN 8.9")));
}

int CountDevices() {
  int count = 0;
  return cudaGetDeviceCount(&count) == cudaSuccess ? count : 0;
}

TEST(CudnnHandleTest, NeedsADevice) {
  if (CountDevices() > 0) GTEST_SKIP() << "has one";
  EXPECT_THAT(
      CudnnHandle::Create(nullptr),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("cudnnCreate: ")));
}

TEST(CudnnHandleTest, IsTheSameWhereItGoes) {
  if (CountDevices() == 0) GTEST_SKIP() << "no device";
  ASSERT_OK_AND_ASSIGN(const CudaStream stream, MakeCudaStream());
  ASSERT_OK_AND_ASSIGN(CudnnHandle handle, CudnnHandle::Create(stream.get()));
  const cudnnHandle_t expected = handle.get();
  const CudnnHandle moved = std::move(handle);
  EXPECT_EQ(moved.get(), expected);
}

}  // namespace
}  // namespace tamp
