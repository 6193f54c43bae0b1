#include "tools/device_check/net_convolutions.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

using testing::ElementsAre;

class FindConvolutionsTest : public testing::TestWithParam<const char*> {
 protected:
  absl::StatusOr<PlannedNet> Plan(NetOptions options) {
    absl::StatusOr<NetParameter> net =
        ReadNetFile(absl::StrCat("net/", GetParam(), ".prototxt"));
    if (!net.ok()) return net.status();
    return PlanNet(*net, options, &parameters_);
  }

 private:
  ParameterStore parameters_;
};

// Layers count their work themselves.
void ExpectTheWorkOfLayers(const PlannedNet& net) {
  std::vector<std::pair<std::string, int64_t>> found, expected;
  ASSERT_OK_AND_ASSIGN(const std::vector<NetConvolution> convolutions,
                       FindConvolutions(net.graph));
  for (const NetConvolution& convolution : convolutions) {
    const ConvolutionOptions& o = convolution.options;
    found.emplace_back(convolution.layer, o.num * o.num_output * o.output_h() *
                                              o.output_w() * o.fan_in());
  }
  for (const Node& node : net.graph.nodes) {
    if (node.plan.forward_multiply_adds > 0 &&
        node.parameter.type() != "InnerProduct") {
      expected.emplace_back(node.parameter.name(),
                            node.plan.forward_multiply_adds);
    }
  }
  EXPECT_EQ(found, expected);
  EXPECT_GE(found.size(), 39);
}

TEST_P(FindConvolutionsTest, FindsThePlainOnes) {
  NetOptions options;
  options.backend = TestBackend();
  options.backend.passes.clear();
  ASSERT_OK_AND_ASSIGN(const PlannedNet net, Plan(options));
  ExpectTheWorkOfLayers(net);
}

TEST_P(FindConvolutionsTest, FindsTheFusedOnes) {
  for (const Phase phase : {TRAIN, TEST}) {
    NetOptions options;
    options.backend = TestBackend();
    options.phase = phase;
    ASSERT_OK_AND_ASSIGN(const PlannedNet net, Plan(options));
    ExpectTheWorkOfLayers(net);
  }
}

INSTANTIATE_TEST_SUITE_P(All, FindConvolutionsTest,
                         testing::Values("densenet40", "densenet_bc121"));

TEST(DevicePrecisionTest, IsReadAsItIsWritten) {
  for (const DevicePrecision precision : kAllDevicePrecisions) {
    ASSERT_OK_AND_ASSIGN(const DevicePrecision found,
                         ParseDevicePrecision(ToString(precision)));
    EXPECT_EQ(found, precision);
  }
  EXPECT_THAT(ParseDevicePrecision("fp8"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::HasSubstr("\"fp8\" is unknown")));
}

TEST(ProblemOfTest, HandsOnEachOption) {
  ConvolutionOptions o;
  o.num = 3, o.channels = 4, o.height = 60, o.width = 30;
  o.num_output = 6, o.group = 2, o.kernel_h = 5, o.kernel_w = 3;
  o.pad_h = 7, o.pad_w = 8, o.stride_h = 2, o.stride_w = 9;
  o.dilation_h = 11, o.dilation_w = 10;
  const ConvolutionProblem problem = ProblemOf(
      o, ConvolutionDirection::kFilterGradient, DevicePrecision::kFp32);
  EXPECT_EQ(
      ToString(problem),
      "filter gradient 5x3 4->6 of 3x60x30, pad 7x8, stride 2x9, dilation "
      "11x10, group 2, x float32 strides 7200/1800/30/1 aligned to 256, w "
      "float32 strides 30/15/3/1 aligned to 256, y float32 strides "
      "270/45/3/1 aligned to 256, FP32");
  EXPECT_EQ(problem.output_h(), o.output_h());
  EXPECT_EQ(problem.output_w(), o.output_w());
}

TEST(ProblemOfTest, LaysHalfTypesOutByChannels) {
  ConvolutionOptions o;
  o.num = 2, o.channels = 4, o.height = 5, o.width = 7, o.num_output = 6;
  const auto problem = [&](DevicePrecision precision) {
    return ProblemOf(o, ConvolutionDirection::kForward, precision);
  };
  EXPECT_EQ(problem(DevicePrecision::kTf32).math, ConvolutionMath::kTf32);
  EXPECT_EQ(problem(DevicePrecision::kTf32).y.type, ElementType::kFloat32);
  EXPECT_THAT(problem(DevicePrecision::kTf32).y.strides,
              ElementsAre(210, 35, 7, 1));
  EXPECT_EQ(problem(DevicePrecision::kBf16).x.type, ElementType::kBfloat16);
  EXPECT_EQ(problem(DevicePrecision::kFp16).w.type, ElementType::kFloat16);
  EXPECT_THAT(problem(DevicePrecision::kFp16).y.strides,
              ElementsAre(210, 1, 42, 6));
}

}  // namespace
}  // namespace tamp
