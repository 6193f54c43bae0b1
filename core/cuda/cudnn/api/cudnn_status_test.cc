#include "core/cuda/cudnn/api/cudnn_status.h"

#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(CudnnStatusTest, SuccessIsOk) {
  EXPECT_OK(CudnnStatus(CUDNN_STATUS_SUCCESS, "cudnnCreate"));
}

TEST(CudnnStatusTest, NamesTheCallAndTheStatus) {
  EXPECT_THAT(CudnnStatus(CUDNN_STATUS_BAD_PARAM, "cudnnCreate"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("cudnnCreate: CUDNN_STATUS_BAD_PARAM")));
}

TEST(CudnnStatusTest, TellsRefusalsFromMissingAnswers) {
  const struct {
    cudnnStatus_t status;
    absl::StatusCode code;
  } kCases[] = {
      {CUDNN_STATUS_NOT_SUPPORTED, absl::StatusCode::kUnimplemented},
      {CUDNN_STATUS_NOT_SUPPORTED_LAYOUT, absl::StatusCode::kUnimplemented},
      {CUDNN_STATUS_NOT_SUPPORTED_SHARED_MEMORY_INSUFFICIENT,
       absl::StatusCode::kUnimplemented},
      {CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDA_DRIVER,
       absl::StatusCode::kUnavailable},
      {CUDNN_STATUS_NOT_SUPPORTED_RUNTIME_PREREQUISITE_MISSING,
       absl::StatusCode::kUnavailable},
      {CUDNN_STATUS_NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE,
       absl::StatusCode::kUnavailable},
      {CUDNN_STATUS_NOT_INITIALIZED, absl::StatusCode::kUnavailable},
      {CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED,
       absl::StatusCode::kResourceExhausted},
      {CUDNN_STATUS_EXECUTION_FAILED, absl::StatusCode::kInternal},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(CudnnStatus(c.status, "call"), StatusIs(c.code, HasSubstr("")))
        << c.status;
  }
}

// cuDNN keeps the reason of a thread's last error.
TEST(CudnnStatusTest, EndsWithTheReason) {
  cudnnBackendDescriptor_t tensor = nullptr;
  ASSERT_EQ(
      cudnnBackendCreateDescriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR, &tensor),
      CUDNN_STATUS_SUCCESS);
  const float id = 1;
  const absl::Status status =
      CudnnStatus(cudnnBackendSetAttribute(tensor, CUDNN_ATTR_TENSOR_UNIQUE_ID,
                                           CUDNN_TYPE_FLOAT, 1, &id),
                  "set");
  cudnnBackendDestroyDescriptor(tensor);
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::MatchesRegex(
                           "set: CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE: .+")));
}

}  // namespace
}  // namespace tamp
