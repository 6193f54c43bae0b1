#include "net/memory/gradients/gradients_over_data.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "net/memory/lay_out_memory.h"
#include "net/memory/memory_layout.h"
#include "net/passes/pass.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

constexpr char kStem[] = R"(
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 2 dim: 3 dim: 20 dim: 20 } } }
    layer { name: "label" type: "Input" top: "label"
      input_param { shape { dim: 2 } } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
      convolution_param { num_output: 4 kernel_size: 3 pad: 1
                          bias_term: false } }
    layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "bn"
      batch_norm_param { scale_bias: true } }
    layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" }
    layer { name: "pool" type: "Pooling" bottom: "bn" top: "pool"
      pooling_param { kernel_size: 2 stride: 2 } }
    layer { name: "fc" type: "InnerProduct" bottom: "pool" top: "fc"
      inner_product_param { num_output: 10 } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
      top: "loss" }
)";

class GradientsOverDataTest : public testing::Test {
 protected:
  void LayOut(const std::string& net, const LayoutOptions& options) {
    ASSERT_OK_AND_ASSIGN(PlannedGraph planned, PlanGraphFromText(net));
    for (const Pass& pass : AllPasses()) planned.RunPass(pass.run);
    const int map = planned.value("conv");
    const LayoutMaker maker(planned.graph, options);
    kept_ = maker.LayOut(std::vector<bool>(maker.recomputable().size()));
    again_ = maker.LayOut(std::vector<bool>(maker.recomputable().size(), true));
    data_ = kept_.data[map].storage;
    gradient_ = kept_.gradient[map].storage;
    forward_ = planned.graph.values[map].producer;
    num_nodes_ = static_cast<int>(planned.graph.nodes.size());
  }

  MemoryLayout kept_, again_;  // without and with all recomputation
  int data_ = -1, gradient_ = -1;
  int forward_ = -1, num_nodes_ = 0;
};

TEST_F(GradientsOverDataTest, MapAndGradientAreOneBuffer) {
  LayOut(kStem, LayoutOptions());
  const int buffer = kept_.data_storages[data_].buffer;
  ASSERT_GE(buffer, 0);
  EXPECT_EQ(kept_.gradient_storages[gradient_].buffer, buffer);
  // From the convolution's forward to its backward.
  EXPECT_EQ(kept_.buffers[buffer].life,
            (Life{forward_, 2 * num_nodes_ - 1 - forward_}));
}

TEST_F(GradientsOverDataTest, TakesThePlaceWhereDataIsMadeAgain) {
  LayOut(kStem, LayoutOptions());
  const Storage& data = again_.data_storages[data_];
  ASSERT_GE(data.second_buffer, 0);
  EXPECT_EQ(again_.gradient_storages[gradient_].buffer, data.second_buffer);
  EXPECT_EQ(again_.buffers[data.second_buffer].life.last,
            2 * num_nodes_ - 1 - forward_);
  EXPECT_LT(again_.buffers[data.buffer].life.last,
            again_.buffers[data.second_buffer].life.first);
}

TEST_F(GradientsOverDataTest, KeptValuesStay) {
  LayoutOptions options;
  options.keep_all_values = true;
  LayOut(kStem, options);
  EXPECT_NE(kept_.gradient_storages[gradient_].buffer,
            kept_.data_storages[data_].buffer);
}

// Another reader of the map needs it, and adds to its gradient.
TEST_F(GradientsOverDataTest, MapsWithTwoReadersStay) {
  LayOut(std::string(kStem) + R"(
             layer { name: "bn2" type: "BatchNorm" bottom: "conv" top: "bn2"
               batch_norm_param { scale_bias: true } }
             layer { name: "label2" type: "Input" top: "label2"
               input_param { shape { dim: 2 dim: 1 dim: 20 dim: 20 } } }
             layer { name: "loss2" type: "SoftmaxWithLoss" bottom: "bn2"
               bottom: "label2" top: "loss2" })",
         LayoutOptions());
  EXPECT_NE(kept_.gradient_storages[gradient_].buffer,
            kept_.data_storages[data_].buffer);
}

}  // namespace
}  // namespace tamp
