#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/passes/passes.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

constexpr char kStem[] = R"(
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } } }
    layer { name: "stem" type: "Convolution" bottom: "data" top: "stem"
      convolution_param { num_output: 4 kernel_size: 5 pad: 2
                          bias_term: false } }
    layer { name: "bn" type: "BatchNorm" bottom: "stem" top: "bn"
      batch_norm_param { scale_bias: true eps: 1e-3 } }
)";
constexpr char kRelu[] =
    R"(layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" })";
constexpr char kConv3[] = R"(
    layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
      convolution_param { num_output: 5 kernel_size: 3 pad: 1
                          bias_term: false } })";
constexpr char kDropout[] = R"(
    layer { name: "drop" type: "Dropout" bottom: "conv" top: "conv"
      dropout_param { dropout_ratio: 0.2 } })";
constexpr char kNextNorm[] = R"(
    layer { name: "bn2" type: "BatchNorm" bottom: "conv" top: "bn2"
      batch_norm_param { scale_bias: true eps: 1e-4 } })";

absl::StatusOr<PlannedGraph> Fused(const std::string& net, int expected,
                                   Phase phase = TRAIN) {
  absl::StatusOr<PlannedGraph> planned = PlanGraphFromText(net, phase);
  if (!planned.ok()) return planned;
  planned->RunPass(PoolBeforeConvolution);
  planned->RunPass(ElideConcat);
  planned->RunPass(ShareStatistics);
  EXPECT_EQ(planned->RunPass(FuseConvolution), expected);
  return planned;
}

TEST(FuseConvolutionTest, TakesTheWholeChain) {
  ASSERT_OK_AND_ASSIGN(
      const PlannedGraph planned,
      Fused(std::string(kStem) + kRelu + kConv3 + kDropout + kNextNorm, 2));
  EXPECT_EQ(planned.Types(),
            "Input FusedConvolution FusedConvolution BatchNormApply");
  const Node& node = planned.node("conv");
  const FusedConvolutionParameter& options =
      node.parameter.fused_convolution_param();
  EXPECT_EQ(options.batch_norm().eps(), 1e-3f);
  EXPECT_EQ(options.dropout_name(), "drop");
  EXPECT_EQ(options.dropout().dropout_ratio(), 0.2f);
  EXPECT_EQ(options.statistics_eps(), 1e-4f);
  EXPECT_FALSE(options.pools());
  ASSERT_EQ(node.parameters.size(), 5u);
  EXPECT_EQ(node.parameters[0]->name, "conv/weight");
  EXPECT_EQ(node.parameters[1]->name, "bn/weight");
  EXPECT_EQ(node.parameters[4]->name, "bn/running_var");
  EXPECT_EQ(node.inputs[0], planned.value("stem"));
  EXPECT_EQ(node.inputs[1], planned.value("stem/statistics"));
  EXPECT_EQ(planned.node("bn2").inputs[0], planned.value("conv"));
}

TEST(FuseConvolutionTest, TakesTheTransition) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Fused(std::string(kStem) + kRelu + R"(
          layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
            convolution_param { num_output: 5 kernel_size: 1
                                bias_term: false } }
          layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
            pooling_param { pool: AVE kernel_size: 2 stride: 2 } })",
                             2));
  EXPECT_EQ(planned.Types(), "Input FusedConvolution FusedConvolution");
  EXPECT_TRUE(planned.node("conv").parameter.fused_convolution_param().pools());
  EXPECT_EQ(planned.node("conv").outputs[0], planned.value("pool"));
}

TEST(FuseConvolutionTest, RunningStatisticsServeInTests) {
  ASSERT_OK_AND_ASSIGN(
      const PlannedGraph planned,
      Fused(std::string(kStem) + kRelu + kConv3 + kDropout + kNextNorm, 2,
            TEST));
  // Each norm goes into the convolution before it.
  EXPECT_EQ(planned.Types(), "Input FusedConvolution FusedConvolution");
  const Node& stem = planned.node("stem");
  const FusedConvolutionParameter& options =
      stem.parameter.fused_convolution_param();
  EXPECT_EQ(options.output_norm().eps(), 1e-3f);
  EXPECT_TRUE(options.rectifies_output());
  ASSERT_EQ(stem.parameters.size(), 5u);
  EXPECT_EQ(stem.parameters[4]->name, "bn/running_var");
  const Node& conv = planned.node("conv");
  EXPECT_EQ(conv.inputs.size(), 1u);
  EXPECT_FALSE(conv.parameter.fused_convolution_param().has_batch_norm());
  EXPECT_FALSE(conv.parameter.fused_convolution_param().rectifies_output());
  EXPECT_EQ(conv.outputs[0], planned.value("bn2"));
}

// What a concatenation reads too is normalized where it is loaded.
TEST(FuseConvolutionTest, NormalizesOnLoadWhatOthersRead) {
  ASSERT_OK_AND_ASSIGN(
      const PlannedGraph planned,
      Fused(std::string(kStem) + kRelu + kConv3 +
                "layer { name: 'cat' type: 'Concat' bottom: 'stem' "
                "bottom: 'conv' top: 'cat' }",
            2, TEST));
  EXPECT_EQ(planned.Types(), "Input FusedConvolution FusedConvolution");
  const LayerParameter& stem = planned.node("stem").parameter;
  EXPECT_FALSE(stem.fused_convolution_param().has_output_norm());
  const LayerParameter& conv = planned.node("conv").parameter;
  EXPECT_TRUE(conv.fused_convolution_param().has_batch_norm());
}

TEST(FuseConvolutionTest, LeavesBatchStatisticsAloneInTests) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Fused(std::string(kStem) + kRelu + kConv3 + R"(
          layer { name: "bn2" type: "BatchNorm" bottom: "conv" top: "bn2"
            batch_norm_param { scale_bias: true use_global_stats: false } })",
                             2, TEST));
  EXPECT_EQ(planned.Types(),
            "Input FusedConvolution FusedConvolution BatchNorm");
}

TEST(FuseConvolutionTest, TakesTheFirstConvolutionOfAnyKernel) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned, Fused(kStem, 1));
  EXPECT_EQ(planned.Types(), "Input FusedConvolution BatchNormApply");
  const Node& node = planned.node("stem");
  const FusedConvolutionParameter& options =
      node.parameter.fused_convolution_param();
  EXPECT_EQ(options.convolution().kernel_size(0), 5u);
  EXPECT_EQ(options.statistics_eps(), 1e-3f);
  EXPECT_EQ(node.outputs[0], planned.value("stem"));
}

TEST(FuseConvolutionTest, LeavesTheFirstConvolutionIfImagesWantGradients) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Fused(std::string("force_backward: true ") + kStem, 0));
  EXPECT_EQ(planned.Types(),
            "Input Convolution BatchNormStatistics BatchNormApply");
}

TEST(FuseConvolutionTest, FusesTheInputSideAlone) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Fused(std::string(kStem) + kRelu + kConv3 + kDropout +
                                 "layer { name: 'y' type: 'ReLU' "
                                 "bottom: 'conv' top: 'y' }",
                             2));
  EXPECT_EQ(planned.Types(), "Input FusedConvolution FusedConvolution ReLU");
}

// A dropout whose input somebody else reads, too, stays behind the convolution.
TEST(FuseConvolutionTest, LeavesDropoutWhoseInputIsRead) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Fused(std::string(kStem) + kRelu + kConv3 + R"(
          layer { name: "drop" type: "Dropout" bottom: "conv" top: "drop" }
          layer { name: "y" type: "Softmax" bottom: "conv" top: "y" })",
                             2));
  EXPECT_EQ(planned.Types(),
            "Input FusedConvolution FusedConvolution Dropout Softmax");
}

// One that scales in nets for testing is no identity there.
TEST(FuseConvolutionTest, LeavesDropoutThatScalesInTests) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Fused(std::string(kStem) + kRelu + kConv3 + R"(
          layer { name: "drop" type: "Dropout" bottom: "conv" top: "conv"
            dropout_param { scale_train: false } })" +
                                 kNextNorm,
                             2, TEST));
  EXPECT_EQ(planned.Types(),
            "Input FusedConvolution FusedConvolution Dropout BatchNorm");
}

// In nets for testing the norm goes into the convolution, a leaky ReLU not.
TEST(FuseConvolutionTest, LeavesALeakyReluBehindTheConvolution) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Fused(std::string(kStem) + R"(
          layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn"
            relu_param { negative_slope: 0.1 } })",
                             1, TEST));
  EXPECT_EQ(planned.Types(), "Input FusedConvolution ReLU");
}

// Gathering more channels is slower than products of matrices.
TEST(FuseConvolutionTest, LeavesTheFirstConvolutionOfManyChannels) {
  std::string stem = kStem;
  stem.replace(stem.find("dim: 3"), 6, "dim: 5");
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned, Fused(stem, 0));
  EXPECT_EQ(planned.Types(),
            "Input Convolution BatchNormStatistics BatchNormApply");
}

// An average is pooled on the way into a 1x1 convolution alone.
TEST(FuseConvolutionTest, LeavesPoolingBeforeALargerKernel) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Fused(std::string(kStem) + kRelu + R"(
          layer { name: "pool" type: "Pooling" bottom: "bn" top: "pool"
            pooling_param { pool: AVE kernel_size: 2 stride: 2 } }
          layer { name: "conv" type: "Convolution" bottom: "pool" top: "conv"
            convolution_param { num_output: 5 kernel_size: 3 pad: 1
                                bias_term: false } })",
                             2));
  EXPECT_EQ(planned.Types(),
            "Input FusedConvolution BatchNormApply ReLU Pooling "
            "FusedConvolution");
}

// A convolution that nobody else's wish keeps in OpenBLAS is replaced, though
// nothing is around it to fuse.
TEST(FuseConvolutionTest, ReplacesAConvolutionAlone) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Fused(std::string(kStem) + kConv3, 2));
  EXPECT_EQ(planned.Types(),
            "Input FusedConvolution BatchNormApply FusedConvolution");
}

// The batch norm stays a layer of its own in these.
class MustNotFuseTest : public testing::TestWithParam<std::string> {};

TEST_P(MustNotFuseTest, KeepsTheBatchNorm) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned,
                       PlanGraphFromText(std::string(kStem) + GetParam()));
  planned.RunPass(ShareStatistics);
  planned.RunPass(FuseConvolution);
  EXPECT_THAT(planned.Types(), HasSubstr("BatchNormApply"));
}

INSTANTIATE_TEST_SUITE_P(
    Chains, MustNotFuseTest,
    testing::Values(
        // No ReLU, or a leaky one.
        kConv3,
        std::string(R"(layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn"
                         relu_param { negative_slope: 0.1 } })") +
            kConv3,
        // Somebody else reads the ReLU's output.
        std::string(kRelu) + kConv3 +
            R"(layer { name: "y" type: "Softmax" bottom: "bn" top: "y" })",
        // A value within the chain is part of the objective.
        std::string(R"(layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn"
                         loss_weight: 1 })") +
            kConv3,
        // Another kind of convolution.
        std::string(kRelu) +
            R"(layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
                 convolution_param { num_output: 5 kernel_size: 3 pad: 1 } })",
        std::string(kRelu) +
            R"(layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
                 convolution_param { num_output: 4 kernel_size: 3 pad: 1
                                     bias_term: false group: 2 } })",
        std::string(kRelu) +
            R"(layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
                 convolution_param { num_output: 5 kernel_size: 3 pad: 1
                                     bias_term: false stride: 2 } })",
        std::string(kRelu) +
            R"(layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
                 convolution_param { num_output: 5 kernel_size: 3 pad: 2
                                     bias_term: false dilation: 2 } })",
        std::string(kRelu) +
            R"(layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
                 convolution_param { num_output: 5 kernel_size: 3
                                     bias_term: false } })",
        std::string(kRelu) +
            R"(layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
                 convolution_param { num_output: 5 kernel_size: 3 pad: 1
                                     bias_term: false engine: OPENBLAS } })"));

}  // namespace
}  // namespace tamp
