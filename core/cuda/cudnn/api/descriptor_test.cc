#include "core/cuda/cudnn/api/descriptor.h"

#include <array>
#include <cstdint>
#include <utility>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

CudnnDescriptor MakeTensor() {
  const std::array<int64_t, 4> dims = {2, 3, 5, 7}, strides = {105, 35, 7, 1};
  CudnnDescriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR, "tensor x");
  tensor.Set(CUDNN_ATTR_TENSOR_UNIQUE_ID, int64_t{4});
  tensor.Set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_DATA_FLOAT);
  tensor.Set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, int64_t{16});
  tensor.Set(CUDNN_ATTR_TENSOR_DIMENSIONS, absl::MakeConstSpan(dims));
  tensor.Set(CUDNN_ATTR_TENSOR_STRIDES, absl::MakeConstSpan(strides));
  return tensor;
}

TEST(CudnnDescriptorTest, SurvivesItsMove) {
  CudnnDescriptor tensor = MakeTensor();
  const cudnnBackendDescriptor_t descriptor = tensor.get();
  CudnnDescriptor moved = std::move(tensor);
  EXPECT_EQ(moved.get(), descriptor);
  EXPECT_OK(moved.Finalize());
  CudnnDescriptor other = MakeTensor();
  other = std::move(moved);
  EXPECT_EQ(other.get(), descriptor);
}

TEST(CudnnDescriptorTest, FinalizeReturnsTheFirstError) {
  CudnnDescriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR, "tensor x");
  tensor.Set(CUDNN_ATTR_TENSOR_UNIQUE_ID, 1.0f);  // is an integer
  tensor.Set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, int64_t{2});
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(
        tensor.Finalize(),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 AllOf(StartsWith("cudnnBackendSetAttribute(tensor x, "
                                  "attribute 906): "),
                       HasSubstr("CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE"))));
  }
}

TEST(CudnnDescriptorTest, RefusesAnAttributeOfAnotherKind) {
  CudnnDescriptor tensor = MakeTensor();
  tensor.Set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, int64_t{2});
  EXPECT_THAT(tensor.Finalize(), StatusIs(absl::StatusCode::kInvalidArgument,
                                          HasSubstr("attribute 106")));
}

TEST(CudnnDescriptorTest, SaysWhichDescriptorIsIncomplete) {
  CudnnDescriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR, "tensor x");
  EXPECT_THAT(tensor.Finalize(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("cudnnBackendFinalize(tensor x): ")));
}

TEST(CudnnDescriptorTest, DoesNotChangeOnceItIsFinal) {
  CudnnDescriptor tensor = MakeTensor();
  ASSERT_OK(tensor.Finalize());
  tensor.Set(CUDNN_ATTR_TENSOR_UNIQUE_ID, int64_t{5});
  EXPECT_THAT(tensor.Finalize(), StatusIs(absl::StatusCode::kInvalidArgument,
                                          HasSubstr("attribute 906")));
}

TEST(CudnnDescriptorTest, GetReturnsErrors) {
  CudnnDescriptor tensor = MakeTensor();
  EXPECT_FALSE(tensor.GetInt64(CUDNN_ATTR_TENSOR_UNIQUE_ID).ok())
      << "it is not final";
  ASSERT_OK(tensor.Finalize());
  EXPECT_THAT(tensor.Get<float>(CUDNN_ATTR_TENSOR_STRIDES, 4),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("cudnnBackendGetAttribute(tensor x, "
                                  "attribute 903): ")));
}

}  // namespace
}  // namespace tamp
