#include "layers/layer_registry.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "layers/absent_types.h"
#include "layers/cpu_layers.h"
#include "layers/known_types.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

absl::StatusOr<std::unique_ptr<Layer>> CreateNothing(const LayerParameter&) {
  return nullptr;
}

constexpr LayerRow kTable[] = {
    {"BatchNorm", CreateNothing},
    {"Pooling", CreateNothing},
    {"ReLU", CreateNothing},
    {"SoftmaxWithLoss", CreateNothing},
};

absl::Status Create(const std::string& text) {
  LayerParameter parameter;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &parameter));
  return CreateLayerFromTable(kTable, parameter).status();
}

TEST(LayerRegistryTest, UnknownTypesSuggestTheNearest) {
  EXPECT_THAT(Create("type: \"Relu\""),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "unknown type \"Relu\"; did you mean \"ReLU\"?"));
  EXPECT_THAT(Create("type: \"Attention\""),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "unknown type \"Attention\""));
}

TEST(LayerRegistryTest, KnowsWhatCaffeHasBesides) {
  EXPECT_THAT(Create("type: \"Swish\""),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "Caffe's type \"Swish\" is not supported"));
  EXPECT_THAT(Create("type: \"Silence\""),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "Caffe's type \"Silence\" is not supported; leave it "
                       "out: not every top needs a layer that takes it"));
}

TEST(LayerRegistryTest, KnowsWhatOtherDevicesHave) {
  EXPECT_THAT(Create("type: \"TanH\""),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "this device has no layers of type \"TanH\"; CPUs "
                       "have: use --device=cpu"));
  std::vector<std::string> types;
  for (const LayerRow& row : CpuLayers()) types.push_back(row.type);
  EXPECT_THAT(KnownTypes(), testing::ElementsAreArray(types));
}

TEST(LayerRegistryTest, AbsentTypesAreAbsentAndSorted) {
  std::string last;
  for (const AbsentType& absent : AbsentTypes()) {
    EXPECT_LT(last, absent.type);
    last = absent.type;
    EXPECT_EQ(FindLayerRow(CpuLayers(), absent.type), nullptr) << absent.type;
  }
}

TEST(LayerRegistryTest, UsersNameNoTypesOfPasses) {
  EXPECT_OK(CheckUserType(CpuLayers(), "Convolution"));
  EXPECT_THAT(CheckUserType(CpuLayers(), "FusedConvolution"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "type \"FusedConvolution\" is made by passes: write the "
                       "layers that it comes from"));
}

TEST(LayerRegistryTest, TakesTheOptionsOfTheType) {
  EXPECT_OK(Create("type: \"Pooling\""));
  EXPECT_OK(Create("type: \"Pooling\" pooling_param {}"));
  EXPECT_OK(Create("type: \"BatchNorm\" batch_norm_param {}"));
  EXPECT_OK(Create("type: \"ReLU\" relu_param {} loss_param {}"));
  EXPECT_OK(Create("type: \"SoftmaxWithLoss\" softmax_param {}"));
}

TEST(LayerRegistryTest, RefusesTheOptionsOfOtherTypes) {
  EXPECT_THAT(Create("type: \"ReLU\" pooling_param {}"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "has pooling_param, which type \"ReLU\" does not read"));
  EXPECT_THAT(Create("type: \"ReLU\" prelu_param {}"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "has prelu_param, which type \"ReLU\" does not read"));
}

TEST(LayerRegistryTest, OurTypesAreSorted) {
  std::string last;
  for (const LayerRow& row : CpuLayers()) {
    EXPECT_LT(last, row.type);
    last = row.type;
  }
}

}  // namespace
}  // namespace tamp
