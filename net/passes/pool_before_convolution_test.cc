#include <string>

#include "gtest/gtest.h"
#include "net/passes/passes.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

std::string Net(const std::string& convolution, const std::string& pooling,
                const std::string& more = "") {
  return "layer { name: 'data' type: 'Input' top: 'data' input_param { shape "
         "{ dim: 2 dim: 3 dim: 6 dim: 7 } } }\n"
         "layer { name: 'x' type: 'ReLU' bottom: 'data' top: 'x' }\n"
         "layer { name: 'conv' type: 'Convolution' bottom: 'x' top: 'conv' "
         "convolution_param { num_output: 4 " +
         convolution +
         " } }\n"
         "layer { name: 'pool' type: 'Pooling' bottom: 'conv' top: 'pool' "
         "pooling_param { " +
         pooling + " } }\n" + more;
}

constexpr char kPointwise[] = "kernel_size: 1 bias_term: false";
constexpr char kPairs[] =
    "pool: AVE kernel_size: 2 stride: 2 round_mode: FLOOR";

TEST(PoolBeforeConvolutionTest, SwapsThePair) {
  ASSERT_OK_AND_ASSIGN(
      PlannedGraph planned,
      PlanGraphFromText(
          Net(kPointwise, kPairs,
              "layer { name: 'y' type: 'ReLU' bottom: 'pool' top: 'y' }")));
  EXPECT_EQ(planned.RunPass(PoolBeforeConvolution), 1);
  EXPECT_EQ(planned.Types(), "Input ReLU Pooling Convolution ReLU");
  EXPECT_EQ(planned.node("pool").plan.outputs[0], Shape({2, 3, 3, 3}));
  EXPECT_EQ(planned.node("conv").plan.outputs[0], Shape({2, 4, 3, 3}));
  EXPECT_EQ(planned.node("pool").inputs[0], planned.value("x"));
  EXPECT_EQ(planned.node("conv").outputs[0], planned.value("pool"));
  EXPECT_EQ(planned.node("y").inputs[0], planned.value("pool"));
}

class MustNotSwapTest : public testing::TestWithParam<std::string> {};

TEST_P(MustNotSwapTest, StaysInOrder) {
  ASSERT_OK_AND_ASSIGN(PlannedGraph planned, PlanGraphFromText(GetParam()));
  const std::string before = planned.Types();
  EXPECT_EQ(planned.RunPass(PoolBeforeConvolution), 0);
  EXPECT_EQ(planned.Types(), before);
}

INSTANTIATE_TEST_SUITE_P(
    Pairs, MustNotSwapTest,
    testing::Values(
        // Not linear in the same way: a bias, a maximum.
        Net("kernel_size: 1", kPairs),
        Net(kPointwise, "kernel_size: 2 stride: 2 round_mode: FLOOR"),
        // Other windows.
        Net("kernel_size: 3 pad: 1 bias_term: false", kPairs),
        Net("kernel_size: 1 stride: 2 bias_term: false", kPairs),
        Net("kernel_size: 1 group: 1 pad: 1 bias_term: false", kPairs),
        // The last column is a window of one pixel.
        Net(kPointwise, "pool: AVE kernel_size: 2 stride: 2"),
        // The unpooled output is part of the objective.
        Net(std::string(kPointwise) + " } loss_weight: 1 param { ", kPairs),
        // Somebody else wants the unpooled output.
        Net(kPointwise, kPairs,
            "layer { name: 'y' type: 'ReLU' bottom: 'conv' top: 'y' }")));

}  // namespace
}  // namespace tamp
