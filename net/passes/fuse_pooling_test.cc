#include <string>

#include "gtest/gtest.h"
#include "net/passes/passes.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

constexpr char kConvolution[] = R"(
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 2 dim: 3 dim: 9 dim: 12 } } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
      convolution_param { num_output: 4 kernel_size: 5 pad: 2
                          bias_term: false } }
    layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "bn"
      batch_norm_param { scale_bias: true eps: 1e-3 } }
)";
constexpr char kRelu[] =
    R"(layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" })";
constexpr char kNextNorm[] = R"(
    layer { name: "bn2" type: "BatchNorm" bottom: "pool" top: "bn2"
      batch_norm_param { scale_bias: true eps: 1e-4 } })";

std::string Pooling(const std::string& options,
                    const std::string& layer_options = "") {
  return "layer { name: 'pool' type: 'Pooling' bottom: 'bn' top: 'pool' " +
         layer_options + " pooling_param { " + options + " } }\n";
}

const std::string& StemPooling() {
  static const std::string* const pooling =
      new std::string(Pooling("kernel_size: 3 stride: 2 pad: 1"));
  return *pooling;
}

absl::StatusOr<PlannedGraph> Fused(const std::string& net, int expected,
                                   Phase phase = TRAIN) {
  absl::StatusOr<PlannedGraph> planned = PlanGraphFromText(net, phase);
  if (!planned.ok()) return planned;
  planned->RunPass(ElideConcat);
  planned->RunPass(ShareStatistics);
  EXPECT_EQ(planned->RunPass(FusePooling), expected);
  return planned;
}

TEST(FusePoolingTest, TakesTheStem) {
  ASSERT_OK_AND_ASSIGN(
      const PlannedGraph planned,
      Fused(std::string(kConvolution) + kRelu + StemPooling() + kNextNorm, 1));
  EXPECT_EQ(planned.Types(),
            "Input Convolution BatchNormStatistics FusedPooling "
            "BatchNormApply");
  const Node& node = planned.node("pool");
  const FusedPoolingParameter& options = node.parameter.fused_pooling_param();
  EXPECT_EQ(options.batch_norm().eps(), 1e-3f);
  EXPECT_EQ(options.pooling().kernel_size(), 3u);
  EXPECT_EQ(options.statistics_eps(), 1e-4f);
  ASSERT_EQ(node.parameters.size(), 4u);
  EXPECT_EQ(node.parameters[0]->name, "bn/weight");
  EXPECT_EQ(node.parameters[3]->name, "bn/running_var");
  EXPECT_EQ(node.inputs[0], planned.value("conv"));
  EXPECT_EQ(node.inputs[1], planned.value("conv/statistics"));
  EXPECT_EQ(planned.graph.values[node.outputs[0]].shape, Shape({2, 4, 5, 7}));
  EXPECT_EQ(planned.node("bn2").inputs[0], planned.value("pool"));
}

// The statistics of a dense block's channels lie side by side, those of its
// first ones too.
TEST(FusePoolingTest, TakesTheStemOfABlock) {
  ASSERT_OK_AND_ASSIGN(
      const PlannedGraph planned,
      Fused(std::string(kConvolution) + kRelu + StemPooling() + kNextNorm + R"(
          layer { name: "conv2" type: "Convolution" bottom: "bn2" top: "conv2"
            convolution_param { num_output: 2 kernel_size: 3 pad: 1 } }
          layer { name: "cat" type: "Concat" bottom: "pool" bottom: "conv2"
            top: "cat" }
          layer { name: "bn3" type: "BatchNorm" bottom: "cat" top: "bn3"
            batch_norm_param { scale_bias: true eps: 1e-4 } })",
            1));
  const Node& node = planned.node("pool");
  ASSERT_EQ(node.outputs.size(), 2u);
  EXPECT_EQ(planned.graph.values[node.outputs[0]].placement.value,
            planned.value("cat"));
  EXPECT_EQ(planned.graph.values[node.outputs[1]].placement.value,
            planned.value("cat/statistics"));
}

TEST(FusePoolingTest, TakesTheHead) {
  for (const char* options : {"pool: AVE global_pooling: true",
                              "pool: AVE kernel_h: 9 kernel_w: 12"}) {
    ASSERT_OK_AND_ASSIGN(
        const PlannedGraph planned,
        Fused(std::string(kConvolution) + kRelu + Pooling(options), 1));
    EXPECT_EQ(planned.Types(),
              "Input Convolution BatchNormStatistics FusedPooling");
    const Node& node = planned.node("pool");
    EXPECT_FALSE(node.parameter.fused_pooling_param().has_statistics_eps());
    EXPECT_EQ(planned.graph.values[node.outputs[0]].shape, Shape({2, 4, 1, 1}));
  }
}

TEST(FusePoolingTest, RunningStatisticsServeInTests) {
  ASSERT_OK_AND_ASSIGN(
      const PlannedGraph planned,
      Fused(std::string(kConvolution) + kRelu + StemPooling() + kNextNorm, 1,
            TEST));
  EXPECT_EQ(planned.Types(), "Input Convolution FusedPooling BatchNorm");
  EXPECT_EQ(planned.node("pool").inputs.size(), 1u);
}

class MustNotFuseTest : public testing::TestWithParam<std::string> {};

TEST_P(MustNotFuseTest, KeepsTheBatchNorm) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned,
                       PlanGraphFromText(kConvolution + GetParam()));
  planned.RunPass(ShareStatistics);
  const std::string before = planned.Types();
  EXPECT_EQ(planned.RunPass(FusePooling), 0);
  EXPECT_EQ(planned.Types(), before);
}

INSTANTIATE_TEST_SUITE_P(
    Chains, MustNotFuseTest,
    testing::Values(
        // No ReLU, or a leaky one.
        StemPooling(),
        "layer { name: 'relu' type: 'ReLU' bottom: 'bn' top: 'bn' "
        "relu_param { negative_slope: 0.1 } }" +
            StemPooling(),
        // Somebody else reads the ReLU's output.
        kRelu + StemPooling() +
            "layer { name: 'y' type: 'Softmax' bottom: 'bn' top: 'y' }",
        // A value within the chain is part of the objective.
        "layer { name: 'relu' type: 'ReLU' bottom: 'bn' top: 'bn' "
        "loss_weight: 1 }" +
            StemPooling(),
        kRelu + Pooling("kernel_size: 3", "loss_weight: 1"),
        kRelu + Pooling("kernel_size: 3", "propagate_down: false"),
        // Large windows, gaps between windows.
        kRelu + Pooling("global_pooling: true"),
        kRelu + Pooling("kernel_size: 2 stride: 3"),
        // Means of parts of the map.
        kRelu + Pooling("pool: AVE kernel_size: 2 stride: 2"),
        kRelu + Pooling("pool: AVE kernel_h: 9 kernel_w: 12 pad_h: 1")));

TEST(FusePoolingTest, OwnStatisticsOrNoScaleInTests) {
  for (const char* options :
       {"use_global_stats: false scale_bias: true", "scale_bias: false"}) {
    std::string net = std::string(kConvolution) + kRelu + StemPooling();
    const std::string old = "scale_bias: true eps: 1e-3";
    net.replace(net.find(old), old.size(), options);
    ASSERT_OK_AND_ASSIGN(const PlannedGraph planned, Fused(net, 0, TEST));
    EXPECT_EQ(planned.Types(), "Input Convolution BatchNorm ReLU Pooling");
  }
}

}  // namespace
}  // namespace tamp
