#include <string>

#include "gtest/gtest.h"
#include "net/passes/passes.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

std::string Norm(const std::string& name, const std::string& bottom,
                 const std::string& options = "") {
  return "layer { name: '" + name + "' type: 'BatchNorm' bottom: '" + bottom +
         "' top: '" + name + "' batch_norm_param { scale_bias: true " +
         options + " } }\n";
}

std::string Convolution(const std::string& name, const std::string& bottom) {
  return "layer { name: '" + name + "' type: 'Convolution' bottom: '" + bottom +
         "' top: '" + name +
         "' convolution_param { num_output: 4 kernel_size: 3 pad: 1 "
         "bias_term: false } }\n";
}

std::string Concat(const std::string& name, const std::string& a,
                   const std::string& b) {
  return "layer { name: '" + name + "' type: 'Concat' bottom: '" + a +
         "' bottom: '" + b + "' top: '" + name + "' }\n";
}

std::string Input() {
  return "layer { name: 'data' type: 'Input' top: 'data' input_param { shape "
         "{ dim: 2 dim: 3 dim: 4 dim: 4 } } }\n";
}

// Two dense layers and the batch norm behind them.
std::string DenseBlock(const std::string& last_options = "") {
  return Input() + Convolution("stem", "data") + Norm("bn1", "stem") +
         Convolution("conv1", "bn1") + Concat("cat1", "stem", "conv1") +
         Norm("bn2", "cat1") + Convolution("conv2", "bn2") +
         Concat("cat2", "cat1", "conv2") + Norm("bn3", "cat2", last_options);
}

TEST(ShareStatisticsTest, OncePerProducedChannel) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned, PlanGraphFromText(DenseBlock()));
  planned.RunPass(ElideConcat);
  EXPECT_EQ(planned.RunPass(ShareStatistics), 3);
  EXPECT_EQ(planned.Types(),
            "Input Convolution BatchNormStatistics BatchNormApply "
            "Convolution BatchNormStatistics BatchNormApply "
            "Convolution BatchNormStatistics BatchNormApply");
  // The statistics of the whole block lie side by side.
  const auto placement = [&](const char* name) {
    return planned.graph.values[planned.value(name)].placement;
  };
  EXPECT_EQ(placement("conv2/statistics").value,
            planned.value("cat2/statistics"));
  EXPECT_EQ(placement("conv2/statistics").channel_offset, 8);
  EXPECT_EQ(placement("cat1/statistics").value,
            planned.value("cat2/statistics"));
  EXPECT_EQ(placement("conv1/statistics").value,
            planned.value("cat1/statistics"));
  EXPECT_EQ(placement("conv1/statistics").channel_offset, 4);
  // What the consumers read are the values behind the statistics.
  EXPECT_EQ(planned.node("bn1").inputs[0], planned.value("stem"));
  EXPECT_EQ(planned.node("bn1").inputs[1], planned.value("stem/statistics"));
  EXPECT_EQ(placement("stem").value, planned.value("cat1"));
}

TEST(ShareStatisticsTest, BatchNormsInPlace) {
  std::string in_place = Norm("bn", "conv");
  in_place.replace(in_place.find("top: 'bn'"), 9, "top: 'conv'");
  ASSERT_OK_AND_ASSIGN(
      PlannedGraph planned,
      PlanGraphFromText(Input() + Convolution("conv", "data") + in_place +
                        Convolution("next", "conv")));
  EXPECT_EQ(planned.RunPass(ShareStatistics), 1);
  EXPECT_EQ(planned.Types(),
            "Input Convolution BatchNormStatistics BatchNormApply Convolution");
  const Node& norm = planned.node("bn");
  EXPECT_NE(norm.inputs[0], norm.outputs[0]);
  EXPECT_EQ(planned.node("next").inputs[0], norm.outputs[0]);
}

TEST(ShareStatisticsTest, RunningStatisticsStayTheirConsumers) {
  ASSERT_OK_AND_ASSIGN(
      PlannedGraph planned,
      PlanGraphFromText(DenseBlock("moving_average_fraction: 0.5")));
  planned.RunPass(ElideConcat);
  EXPECT_EQ(planned.RunPass(ShareStatistics), 3);
  EXPECT_EQ(planned.node("bn3")
                .parameter.batch_norm_param()
                .moving_average_fraction(),
            0.5f);
}

class MustNotShareTest : public testing::TestWithParam<std::string> {};

TEST_P(MustNotShareTest, StaysAsItIs) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned, PlanGraphFromText(GetParam()));
  planned.RunPass(ElideConcat);
  const std::string before = planned.Types();
  EXPECT_EQ(planned.RunPass(ShareStatistics), 0);
  EXPECT_EQ(planned.Types(), before);
}

INSTANTIATE_TEST_SUITE_P(
    Groups, MustNotShareTest,
    testing::Values(
        // Another eps: another inverse standard deviation.
        DenseBlock("eps: 1e-3"),
        // Running statistics in training.
        DenseBlock("use_global_stats: true"),
        // Something reads a raw channel: its gradient is no batch norm's.
        DenseBlock() + Convolution("raw", "conv1"),
        DenseBlock() + Convolution("raw", "cat1"),
        // A raw value is part of the objective.
        Input() + Convolution("conv", "data") +
            "layer { name: 'x' type: 'ReLU' bottom: 'conv' top: 'x' "
            "loss_weight: 1 }" +
            Norm("bn", "x"),
        // No gradient may flow through the batch norm.
        Input() + Convolution("conv", "data") +
            "layer { name: 'bn' type: 'BatchNorm' bottom: 'conv' top: 'bn' "
            "propagate_down: false batch_norm_param { scale_bias: true } }",
        // The net's own input.
        Input() + Norm("bn", "data"),
        // No gamma and beta.
        Input() + Convolution("conv", "data") +
            "layer { name: 'bn' type: 'BatchNorm' bottom: 'conv' top: 'bn' }"));

TEST(ShareStatisticsTest, OnlyTheGroupThatCannotShareStays) {
  ASSERT_OK_AND_ASSIGN(
      PlannedGraph planned,
      PlanGraphFromText(DenseBlock("eps: 1e-3") + Convolution("t", "bn3") +
                        Norm("bn4", "t")));
  planned.RunPass(ElideConcat);
  EXPECT_EQ(planned.RunPass(ShareStatistics), 1);
  EXPECT_EQ(planned.node("bn3").parameter.type(), "BatchNorm");
  EXPECT_EQ(planned.node("bn4").parameter.type(), "BatchNormApply");
}

TEST(ShareStatisticsTest, NetsForTestingStayAsTheyAre) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned,
                       PlanGraphFromText(DenseBlock(), TEST));
  planned.RunPass(ElideConcat);
  EXPECT_EQ(planned.RunPass(ShareStatistics), 0);
}

}  // namespace
}  // namespace tamp
