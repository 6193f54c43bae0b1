// What descriptors refuse, and with which status. With --config=cuda the same
// test asks NVIDIA's library, which needs no device for it.

#include <cudnn.h>

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cuda_sim/cudnn/test_descriptors.h"

namespace tamp {
namespace cuda_sim {
namespace {

constexpr auto kSuccess = CUDNN_STATUS_SUCCESS;
constexpr auto kBadParam = CUDNN_STATUS_BAD_PARAM;
constexpr auto kWrongType = CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE;
constexpr auto kNull = CUDNN_STATUS_BAD_PARAM_NULL_POINTER;
constexpr auto kNotFinalized = CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED;

const Numbers kOne = {1};

TEST(DescriptorTest, IsThereAndOfAKnownType) {
  cudnnBackendDescriptor_t descriptor = nullptr;
  EXPECT_EQ(cudnnBackendCreateDescriptor(
                static_cast<cudnnBackendDescriptorType_t>(999), &descriptor),
            CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED);
  EXPECT_EQ(cudnnBackendDestroyDescriptor(nullptr), kNull);
  EXPECT_EQ(cudnnBackendFinalize(nullptr), kNull);
  EXPECT_EQ(cudnnBackendSetAttribute(nullptr, CUDNN_ATTR_TENSOR_UNIQUE_ID,
                                     CUDNN_TYPE_INT64, 1, kOne.data()),
            kNull);
}

TEST(DescriptorTest, SaysWhyItRefuses) {
  TestDescriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  char text[256] = "";
  EXPECT_EQ(tensor.Finalize(), kBadParam);
  cudnnGetLastErrorString(text, sizeof text);
  EXPECT_STRNE(text, "");
  // Once.
  cudnnGetLastErrorString(text, sizeof text);
  EXPECT_STREQ(text, "");
  // As much as fits.
  EXPECT_EQ(tensor.Finalize(), kBadParam);
  text[3] = 'x';
  cudnnGetLastErrorString(text, 3);
  EXPECT_EQ(std::string(text).size(), 2u);
  EXPECT_EQ(text[3], 'x');
}

TEST(DescriptorTest, NamesOfStatuses) {
  EXPECT_STREQ(cudnnGetErrorString(kSuccess), "CUDNN_STATUS_SUCCESS");
  EXPECT_STREQ(cudnnGetErrorString(kNotFinalized),
               "CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED");
  EXPECT_STREQ(
      cudnnGetErrorString(CUDNN_STATUS_NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE),
      "CUDNN_STATUS_NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE");
  EXPECT_STREQ(cudnnGetErrorString(CUDNN_STATUS_EXECUTION_FAILED_CUDART),
               "CUDNN_STATUS_EXECUTION_FAILED_CUDART");
  EXPECT_STREQ(cudnnGetErrorString(static_cast<cudnnStatus_t>(12345)),
               "CUDNN_UNKNOWN_STATUS");
}

TEST(HandleTest, IsNotNull) {
  EXPECT_EQ(cudnnCreate(nullptr), kBadParam);
  EXPECT_EQ(cudnnDestroy(nullptr), kSuccess);
  EXPECT_EQ(cudnnSetStream(nullptr, nullptr), kBadParam);
}

TEST(TensorTest, TakesAttributesOfTheRightTypeAndNumber) {
  TestDescriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  const auto set = [&](auto name, auto type, int64_t count, const void* data) {
    return cudnnBackendSetAttribute(tensor.get(), name, type, count, data);
  };
  const Numbers four = {2, 3, 4, 5};
  constexpr auto kId = CUDNN_ATTR_TENSOR_UNIQUE_ID;
  EXPECT_EQ(set(kId, CUDNN_TYPE_INT64, 1, nullptr), kBadParam);
  EXPECT_EQ(set(kId, CUDNN_TYPE_FLOAT, 1, four.data()), kWrongType);
  EXPECT_EQ(set(kId, CUDNN_TYPE_INT64, 2, four.data()), kBadParam);
  EXPECT_EQ(set(kId, CUDNN_TYPE_INT64, 0, four.data()), kBadParam);
  EXPECT_EQ(set(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, 0, four.data()),
            kBadParam);
  EXPECT_EQ(set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_INT64, 1, four.data()),
            kWrongType);
  // Of another descriptor.
  EXPECT_EQ(
      set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &four),
      kBadParam);
  EXPECT_EQ(set(kId, CUDNN_TYPE_INT64, 1, four.data()), kSuccess);
}

TEST(TensorTest, IsFinalizedOnceAndThenFixed) {
  TestDescriptor tensor = UnfinalizedTensor({1, {2, 3, 4, 5}});
  int64_t count;
  cudnnDataType_t type;
  const auto get = [&](auto name) {
    return cudnnBackendGetAttribute(tensor.get(), name, CUDNN_TYPE_DATA_TYPE, 1,
                                    &count, &type);
  };
  EXPECT_EQ(get(CUDNN_ATTR_TENSOR_DATA_TYPE), CUDNN_STATUS_NOT_INITIALIZED);
  EXPECT_EQ(tensor.Finalize(), kSuccess);
  EXPECT_EQ(tensor.Finalize(), kBadParam);
  EXPECT_EQ(tensor.Set(CUDNN_ATTR_TENSOR_UNIQUE_ID, kOne), kBadParam);
  EXPECT_EQ(get(CUDNN_ATTR_CONVOLUTION_COMP_TYPE), kBadParam);
}

TEST(TensorTest, GivesBackWhatWasSet) {
  const TestDescriptor tensor =
      Tensor({7, {2, 3, 4, 5}, {80, 20, 5, 1}, CUDNN_DATA_HALF, 32});
  const auto get = [&](auto name, int64_t most) {
    return GetList<int64_t>(tensor, name, CUDNN_TYPE_INT64, most);
  };
  EXPECT_EQ(get(CUDNN_ATTR_TENSOR_UNIQUE_ID, 1), Numbers{7});
  EXPECT_EQ(get(CUDNN_ATTR_TENSOR_DIMENSIONS, 8), (Numbers{2, 3, 4, 5}));
  EXPECT_EQ(get(CUDNN_ATTR_TENSOR_STRIDES, 8), (Numbers{80, 20, 5, 1}));
  EXPECT_EQ(GetList<cudnnDataType_t>(tensor, CUDNN_ATTR_TENSOR_DATA_TYPE,
                                     CUDNN_TYPE_DATA_TYPE, 1),
            std::vector<cudnnDataType_t>{CUDNN_DATA_HALF});
  // As much as there is room for; without room how much there is.
  EXPECT_EQ(get(CUDNN_ATTR_TENSOR_DIMENSIONS, 2), (Numbers{2, 3}));
  int64_t count = 0, extent = 0;
  const auto ask = [&](auto type, int64_t room, void* data) {
    return cudnnBackendGetAttribute(tensor.get(), CUDNN_ATTR_TENSOR_DIMENSIONS,
                                    type, room, &count, data);
  };
  EXPECT_EQ(ask(CUDNN_TYPE_INT64, 0, nullptr), kSuccess);
  EXPECT_EQ(count, 4);
  EXPECT_EQ(ask(CUDNN_TYPE_FLOAT, 1, &extent), kWrongType);
  EXPECT_EQ(
      cudnnBackendGetAttribute(tensor.get(), CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT,
                               CUDNN_TYPE_INT64, 1, &count, &extent),
      CUDNN_STATUS_NOT_SUPPORTED);
}

TEST(TensorTest, IsComplete) {
  EXPECT_EQ(TestDescriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR).Finalize(),
            kBadParam);
  const auto finalize = [](const TestTensor& tensor) {
    return UnfinalizedTensor(tensor).Finalize();
  };
  EXPECT_EQ(finalize({1, {2, 3, 4, 5}, {20, 5, 1}}), kBadParam);
  for (int64_t alignment : {0, 1, 3, 6, -4}) {
    EXPECT_EQ(finalize({1, {2, 3, 4, 5}, {}, CUDNN_DATA_FLOAT, alignment}),
              kBadParam)
        << alignment;
  }
  EXPECT_EQ(finalize({1, {2, 3, 4, 5}, {}, CUDNN_DATA_HALF, 6}), kSuccess);
  EXPECT_EQ(finalize({1, {2, 3, 4, 5}, {}, CUDNN_DATA_BFLOAT16, 3}), kBadParam);
  // That elements lie on each other is for operations to refuse.
  EXPECT_EQ(finalize({-5, {2, 3, 4, 5}, {60, 20, 4, 1}}), kSuccess);
}

TEST(ConvolutionTest, IsCompleteAndPossible) {
  const auto finalize = [](const TestConvolution& convolution) {
    return UnfinalizedConvolution(convolution).Finalize();
  };
  EXPECT_EQ(finalize({}), kSuccess);
  EXPECT_EQ(finalize({{-1, 1}, {1, 1}, {1, 1}, {1, 1}}), kBadParam);
  EXPECT_EQ(finalize({{1, 1}, {1, -1}, {1, 1}, {1, 1}}), kBadParam);
  EXPECT_EQ(finalize({{1, 1}, {1, 0}, {1, 1}, {1, 1}}), kSuccess);
  EXPECT_EQ(finalize({{1, 1}, {1, 1}, {0, 1}, {1, 1}}), kBadParam);
  EXPECT_EQ(finalize({{1, 1}, {1, 1}, {1, 1}, {0, 1}}), kBadParam);
  EXPECT_EQ(finalize({{1, 1}, {1, 1}, {1}, {1, 1}}), kBadParam);
  EXPECT_EQ(finalize({{1, 1}, {1, 1}, {1, 1}, {1, 1}, 3}), kBadParam);
  EXPECT_EQ(finalize({{1, 1}, {1, 1}, {}, {1, 1}}), kBadParam);
  EXPECT_EQ(finalize({{1, 1}, {1, 1}, {1, 1}, {}}), kBadParam);
  EXPECT_EQ(finalize({{}, {}, {1, 1}, {1, 1}}), kSuccess);
}

class OperationTest : public testing::TestWithParam<TestDirection> {
 protected:
  cudnnStatus_t Finalize(const TestOperation& operation) {
    return UnfinalizedOperation(GetParam(), operation).Finalize();
  }
};

TEST_P(OperationTest, HasExtentsThatFit) {
  EXPECT_EQ(Finalize({}), kSuccess);
  EXPECT_EQ(Finalize({.y = {3, {2, 4, 5, 6}}}), kBadParam);
  EXPECT_EQ(Finalize({.y = {3, {2, 4, 6, 7}}}), kBadParam);
  EXPECT_EQ(Finalize({.y = {3, {1, 4, 6, 6}}}), kBadParam);
  EXPECT_EQ(Finalize({.y = {3, {2, 5, 6, 6}}}), kBadParam);
  EXPECT_EQ(Finalize({.y = {3, {2, 4, 5, 6}}, .convolution = {{1, 1}, {0, 1}}}),
            kSuccess);
  EXPECT_EQ(Finalize({.y = {3, {2, 4, 3, 2}},
                      .convolution = {{1, 1}, {1, 1}, {2, 3}}}),
            kSuccess);
  EXPECT_EQ(Finalize({.y = {3, {2, 4, 4, 6}},
                      .convolution = {{1, 1}, {1, 1}, {1, 1}, {2, 1}}}),
            kSuccess);
  EXPECT_EQ(Finalize({.y = {3, {2, 4, 6, 6}},
                      .convolution = {{1, 1}, {1, 1}, {1, 1}, {2, 1}}}),
            kBadParam);
}

TEST_P(OperationTest, HasChannelsThatFit) {
  EXPECT_EQ(Finalize({.w = {2, {4, 3, 3, 3}}}), kBadParam);
  EXPECT_EQ(Finalize({.w = {2, {4, 9, 3, 3}}}), kBadParam);
  // Two groups.
  EXPECT_EQ(Finalize({.w = {2, {4, 4, 3, 3}}}), kSuccess);
  EXPECT_EQ(Finalize({.w = {2, {3, 4, 3, 3}}, .y = {3, {2, 3, 6, 6}}}),
            kBadParam);
}

TEST_P(OperationTest, HasElementsApart) {
  EXPECT_EQ(Finalize({.x = {1, {2, 8, 6, 6}, {288, 36, 5, 1}}}), kBadParam);
  EXPECT_EQ(Finalize({.y = {3, {2, 4, 6, 6}, {144, 36, 5, 1}}}), kBadParam);
  EXPECT_EQ(Finalize({.y = {3, {2, 4, 6, 6}, {72, 36, 6, 1}}}), kBadParam);
  // A slice of a wider buffer.
  EXPECT_EQ(Finalize({.x = {1, {2, 8, 6, 6}, {999, 36, 6, 1}},
                      .y = {3, {2, 4, 6, 6}, {999, 36, 6, 1}}}),
            kSuccess);
  // Filters have no room between them.
  EXPECT_EQ(Finalize({.w = {2, {4, 8, 3, 3}, {144, 18, 6, 2}}}), kBadParam);
  EXPECT_EQ(Finalize({.w = {2, {4, 8, 3, 3}, {72, 1, 24, 8}}}), kSuccess);
}

TEST_P(OperationTest, TakesTypesThatDiffer) {
  TestOperation operation;
  operation.y.type = CUDNN_DATA_HALF;
  EXPECT_EQ(Finalize(operation), kSuccess);
}

TEST_P(OperationTest, IsComplete) {
  const TestDirection& names = GetParam();
  const TestOperation test;
  const std::vector<cudnnBackendAttributeName_t> all = {
      names.convolution, names.x, names.w, names.y};
  for (cudnnBackendAttributeName_t missing : all) {
    TestDescriptor operation(names.type);
    for (cudnnBackendAttributeName_t name : all) {
      if (name == missing) continue;
      operation.Set(name, name == names.convolution ? Convolution({})
                          : name == names.x         ? Tensor(test.x)
                          : name == names.w         ? Tensor(test.w)
                                                    : Tensor(test.y));
    }
    EXPECT_EQ(operation.Finalize(), kBadParam) << missing;
    if (missing != names.x) continue;
    EXPECT_EQ(operation.Set(names.x, UnfinalizedTensor(test.x)), kSuccess);
    EXPECT_EQ(operation.Finalize(), kBadParam);
    // alpha and beta may be missing.
    EXPECT_EQ(operation.Set(names.x, Tensor(test.x)), kSuccess);
    EXPECT_EQ(operation.Finalize(), kSuccess);
  }
}

TEST_P(OperationTest, TakesFactorsOfTwoTypes) {
  TestDescriptor operation = UnfinalizedOperation(GetParam(), {});
  EXPECT_EQ(operation.Set<double>(GetParam().alpha, CUDNN_TYPE_DOUBLE, {2}),
            kSuccess);
  // (The library's statuses for these differ without a system.)
  EXPECT_NE(operation.Set(GetParam().alpha, kOne), kSuccess);
  EXPECT_EQ(operation.Set<float>(GetParam().beta, CUDNN_TYPE_FLOAT, {1, 2}),
            kBadParam);
  const TestDirection& other =
      AllDirections()[GetParam().type == AllDirections()[0].type ? 1 : 0];
  EXPECT_NE(operation.Set<float>(other.alpha, CUDNN_TYPE_FLOAT, {1}), kSuccess);
}

TEST_P(OperationTest, IsFinalizedBeforeItsGraph) {
  TestDescriptor operation = UnfinalizedOperation(GetParam(), {});
  TestDescriptor graph(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  EXPECT_EQ(graph.Set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation), kNotFinalized);
  EXPECT_EQ(graph.Set<void*>(CUDNN_ATTR_OPERATIONGRAPH_OPS,
                             CUDNN_TYPE_BACKEND_DESCRIPTOR, {nullptr}),
            kNull);
  EXPECT_EQ(graph.Set<void*>(CUDNN_ATTR_OPERATIONGRAPH_HANDLE,
                             CUDNN_TYPE_HANDLE, {nullptr}),
            kNull);
  EXPECT_EQ(graph.Finalize(), kBadParam);
  EXPECT_EQ(operation.Finalize(), kSuccess);
  TestDescriptor second = UnfinalizedGraph(operation);
  EXPECT_EQ(second.Finalize(), kSuccess);
}

INSTANTIATE_TEST_SUITE_P(Directions, OperationTest,
                         testing::ValuesIn(AllDirections()),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

TEST(DeviceTest, IsDescribedInFull) {
  EXPECT_EQ(UnfinalizedDevice(DeviceJson()).Finalize(), kSuccess);
  EXPECT_EQ(UnfinalizedDevice("{}").Finalize(), kBadParam);
  EXPECT_EQ(UnfinalizedDevice("abc").Finalize(), kBadParam);
}

TEST(VariantPackTest, HasAPointerForEachTensor) {
  const auto finalize = [](const Numbers& ids,
                           const std::vector<void*>& pointers) {
    TestDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
    if (!ids.empty()) pack.Set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids);
    if (!pointers.empty()) {
      pack.Set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR,
               pointers);
    }
    return pack.Finalize();
  };
  char a, b, c;
  EXPECT_EQ(finalize({}, {}), kSuccess);
  EXPECT_EQ(finalize({1, 2, 3}, {&a, &b, &c}), kSuccess);
  EXPECT_EQ(finalize({1, 2, 3}, {&a, &b}), kBadParam);
  EXPECT_EQ(finalize({1, 2, 3}, {}), kBadParam);
}

TEST(ExecuteTest, NeedsAHandle) {
  TestDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  EXPECT_EQ(pack.Finalize(), kSuccess);
  TestDescriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  EXPECT_EQ(plan.Finalize(), kNotFinalized);
  EXPECT_EQ(cudnnBackendExecute(nullptr, plan.get(), pack.get()), kBadParam);
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
