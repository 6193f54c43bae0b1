#include <string>

#include "absl/status/statusor.h"
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
)";
constexpr char kPooling[] = R"(
    layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "bn"
      batch_norm_param { scale_bias: true } }
    layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" }
    layer { name: "pool" type: "Pooling" bottom: "bn" top: "pool"
      pooling_param { kernel_size: 3 stride: 2 pad: 1 } }
)";

absl::StatusOr<PlannedGraph> Finished(const std::string& net, int expected,
                                      Phase phase = TRAIN) {
  absl::StatusOr<PlannedGraph> planned = PlanGraphFromText(net, phase);
  if (!planned.ok()) return planned;
  planned->RunPass(ShareStatistics);
  planned->RunPass(FuseConvolution);
  planned->RunPass(FusePooling);
  EXPECT_EQ(planned->RunPass(FinishInPooling), expected);
  return planned;
}

TEST(FinishInPoolingTest, TakesTheStem) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Finished(std::string(kConvolution) + kPooling, 1));
  EXPECT_EQ(planned.Types(), "Input FusedConvolution FusedPooling");
  const Node& pooling = planned.node("pool");
  const Node& convolution = planned.node("conv");
  EXPECT_TRUE(
      pooling.parameter.fused_pooling_param().finishes_input_gradient());
  EXPECT_TRUE(convolution.parameter.fused_convolution_param()
                  .output_gradient_is_finished());
  EXPECT_TRUE(pooling.plan.can_write_gradient_over_input);
  EXPECT_FALSE(convolution.plan.backward_reads_outputs);
}

class MustNotFinishTest : public testing::TestWithParam<std::string> {};

TEST_P(MustNotFinishTest, LeavesItToTheProducer) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned, Finished(GetParam(), 0));
  const Node& pooling = planned.node("pool");
  EXPECT_FALSE(
      pooling.parameter.fused_pooling_param().finishes_input_gradient());
}

INSTANTIATE_TEST_SUITE_P(
    Stems, MustNotFinishTest,
    testing::Values(
        // Another batch norm reads the map.
        std::string(kConvolution) + kPooling + R"(
            layer { name: "bn2" type: "BatchNorm" bottom: "conv" top: "bn2"
              batch_norm_param { scale_bias: true } })",
        // The convolution's output is part of the objective.
        std::string(kConvolution)
                .replace(std::string(kConvolution).find("convolution_param"), 0,
                         "loss_weight: 1 ") +
            kPooling,
        // The producer is no convolution that finishes.
        std::string(kConvolution) + R"(
            layer { name: "tanh" type: "TanH" bottom: "conv" top: "conv" })" +
            kPooling));

TEST(FinishInPoolingTest, NothingIsToFinishInTests) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Finished(std::string(kConvolution) + kPooling, 0, TEST));
  EXPECT_FALSE(planned.node("pool").plan.can_write_gradient_over_input);
}

}  // namespace
}  // namespace tamp
