#include <string>

#include "gtest/gtest.h"
#include "net/passes/passes.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

constexpr char kBatchNorm[] =
    R"(layer { name: "data" type: "Input" top: "data"
         input_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } } }
       layer { name: "bn" type: "BatchNorm" bottom: "data" top: "bn"
         param { lr_mult: 0 } param { lr_mult: 0 } param { lr_mult: 0 } })";

TEST(MergeBatchNormScaleTest, MakesOneLayerOfThePair) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned,
                       PlanGraphFromText(std::string(kBatchNorm) + R"(
          layer { name: "scale" type: "Scale" bottom: "bn" top: "bn"
            param { lr_mult: 2 }
            scale_param { filler { value: 0.5 } bias_term: true
                          bias_filler { value: 0.25 } } }
          layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" })"));
  EXPECT_EQ(MergeBatchNormScale(&planned.graph), 1);
  EXPECT_EQ(planned.Types(), "Input BatchNorm ReLU");
  const Node& node = planned.node("bn");
  const BatchNormParameter& merged = node.parameter.batch_norm_param();
  EXPECT_TRUE(merged.scale_bias());
  EXPECT_EQ(merged.scale_filler().value(), 0.5f);
  EXPECT_EQ(merged.bias_filler().value(), 0.25f);
  EXPECT_EQ(node.layer, nullptr) << "must be planned again";
  EXPECT_EQ(merged.running_statistics(), BatchNormParameter::WEIGHTED_MEAN)
      << "scale_bias alone would make a moving average of it";
  ASSERT_EQ(node.parameters.size(), 5u);
  EXPECT_EQ(node.parameters[0]->name, "scale/weight");
  EXPECT_EQ(node.parameters[0]->lr_mult, 2);
  EXPECT_EQ(node.parameters[1]->name, "scale/bias");
  EXPECT_EQ(node.parameters[2]->name, "bn/running_mean");
  EXPECT_EQ(node.parameters[3]->name, "bn/running_var");
  EXPECT_EQ(node.parameters[4]->name, "bn/running_weight");
  EXPECT_EQ(planned.node("relu").inputs, node.outputs);
}

TEST(MergeBatchNormScaleTest, KeepsTheRunningStatisticsThatTheFileAsksFor) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned, PlanGraphFromText(R"(
          layer { name: "data" type: "Input" top: "data"
            input_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } } }
          layer { name: "bn" type: "BatchNorm" bottom: "data" top: "bn"
            batch_norm_param { running_statistics: MOVING_AVERAGE } }
          layer { name: "scale" type: "Scale" bottom: "bn" top: "bn"
            scale_param { bias_term: true } })"));
  EXPECT_EQ(MergeBatchNormScale(&planned.graph), 1);
  const Node& node = planned.node("bn");
  EXPECT_EQ(node.parameter.batch_norm_param().running_statistics(),
            BatchNormParameter::MOVING_AVERAGE);
  EXPECT_EQ(node.parameters.size(), 4u);
}

class MustNotMergeTest : public testing::TestWithParam<const char*> {};

TEST_P(MustNotMergeTest, StaysAPair) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned,
                       PlanGraphFromText(std::string(kBatchNorm) + GetParam()));
  const std::string before = planned.Types();
  EXPECT_EQ(MergeBatchNormScale(&planned.graph), 0);
  EXPECT_EQ(planned.Types(), before);
}

INSTANTIATE_TEST_SUITE_P(
    Pairs, MustNotMergeTest,
    testing::Values(
        // Another layer reads the normalized value.
        R"(layer { name: "scale" type: "Scale" bottom: "bn" top: "s"
             scale_param { bias_term: true } }
           layer { name: "relu" type: "ReLU" bottom: "bn" top: "r" })",
        // No beta.
        R"(layer { name: "scale" type: "Scale" bottom: "bn" top: "s" })",
        // Not one factor a channel.
        R"(layer { name: "scale" type: "Scale" bottom: "bn" top: "s"
             scale_param { bias_term: true axis: 2 } })",
        R"(layer { name: "scale" type: "Scale" bottom: "bn" top: "s"
             scale_param { bias_term: true num_axes: 2 } })",
        // Its output is part of the objective.
        R"(layer { name: "scale" type: "Scale" bottom: "bn" top: "s"
             loss_weight: 1 scale_param { bias_term: true } })",
        // Something else follows.
        R"(layer { name: "relu" type: "ReLU" bottom: "bn" top: "r" })"));

}  // namespace
}  // namespace tamp
