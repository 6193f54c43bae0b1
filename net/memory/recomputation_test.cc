#include "net/memory/recomputation.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/graph/gradient_flow.h"
#include "net/memory/memory_layout.h"
#include "net/memory/order_elements.h"
#include "net/memory/share_storages.h"
#include "net/passes/passes.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Nodes 0 to 9.
constexpr char kNet[] = R"(
  layer { name: "data" type: "Input" top: "data" top: "label"
    input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } shape { dim: 2 } } }
  layer { name: "stem" type: "Convolution" bottom: "data" top: "stem"
    convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
  layer { name: "bn" type: "BatchNorm" bottom: "stem" top: "bn" }
  layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" }
  layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
    convolution_param { num_output: 5 kernel_size: 1 } }
  layer { name: "cat" type: "Concat" bottom: "stem" bottom: "conv" top: "cat" }
  layer { name: "mid" type: "Convolution" bottom: "cat" top: "mid"
    convolution_param { num_output: 6 kernel_size: 1 } }
  layer { name: "last" type: "Convolution" bottom: "mid" top: "last"
    convolution_param { num_output: 7 kernel_size: 1 } }
  layer { name: "fc" type: "InnerProduct" bottom: "last" top: "fc"
    inner_product_param { num_output: 10 } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
    top: "loss" })";

class RecomputationTest : public testing::Test {
 protected:
  void SetUp() override { Plan(kNet); }

  void Plan(const char* net) {
    ASSERT_OK_AND_ASSIGN(planned_, PlanGraphFromText(net));
    planned_.RunPass(ElideConcat);
    const GradientFlow flow = FindGradientFlow(planned_.graph);
    data_ = ShareDataStorages(planned_.graph, flow, LayoutOptions());
    OrderElements(planned_.graph, LayoutOptions(), &data_);
    found_ = FindRecomputable(planned_.graph, data_);
  }

  // The layers that run again for each storage that can be made again.
  std::vector<std::vector<std::string>> Layers() const {
    std::vector<std::vector<std::string>> layers;
    for (const Recomputable& r : found_) {
      layers.emplace_back();
      for (const int n : r.nodes) {
        layers.back().push_back(planned_.graph.nodes[n].parameter.name());
      }
    }
    return layers;
  }

  const Life& FirstLife(const RecomputationSchedule& schedule,
                        const char* name) const {
    return schedule.first[data_.regions[planned_.value(name)].storage];
  }
  const Life& SecondLife(const RecomputationSchedule& schedule,
                         const char* name) const {
    return schedule.second[data_.regions[planned_.value(name)].storage];
  }

  PlannedGraph planned_;
  SharedStorages data_;
  std::vector<Recomputable> found_;
};

// Not: what the user fills, the block of stem and conv, losses, and fc, which
// is read again in the step after.
TEST_F(RecomputationTest, FindsWhatCanBeMadeAgain) {
  EXPECT_THAT(Layers(), ElementsAre(ElementsAre("bn", "relu"),
                                    ElementsAre("mid"), ElementsAre("last")));
  EXPECT_EQ(found_[0].bytes, 4 * 2 * 4 * 64);
  EXPECT_EQ(found_[1].multiply_adds, 2 * 6 * 9 * 64);
  // Read by conv at step 4, and by its backward at step 19 - 4.
  EXPECT_EQ(found_[0].unused, (Life{5, 14}));
}

TEST_F(RecomputationTest, NothingChosenKeepsTheLives) {
  const RecomputationSchedule schedule = ScheduleRecomputation(
      planned_.graph, data_, found_, {false, false, false});
  for (size_t s = 0; s < data_.uses.size(); ++s) {
    EXPECT_EQ(schedule.first[s], data_.uses[s].whole());
    EXPECT_TRUE(schedule.second[s].is_empty());
  }
  for (const std::vector<int>& nodes : schedule.before_backward) {
    EXPECT_THAT(nodes, IsEmpty());
  }
}

TEST_F(RecomputationTest, LivesTwice) {
  const RecomputationSchedule schedule = ScheduleRecomputation(
      planned_.graph, data_, found_, {true, false, false});
  EXPECT_EQ(FirstLife(schedule, "bn"), (Life{2, 4}));
  // Until the backward of relu, which reads its output.
  EXPECT_EQ(SecondLife(schedule, "bn"), (Life{19 - 4, 19 - 3}));
  for (size_t n = 0; n < schedule.before_backward.size(); ++n) {
    if (n == 4) continue;
    EXPECT_THAT(schedule.before_backward[n], IsEmpty()) << n;
  }
  EXPECT_THAT(schedule.before_backward[4], ElementsAre(2, 3));
}

// last is made of mid: both are made again before the backward of fc, which
// reads last.
TEST_F(RecomputationTest, MakesWhatItReadsFirst) {
  const RecomputationSchedule schedule =
      ScheduleRecomputation(planned_.graph, data_, found_, {false, true, true});
  EXPECT_THAT(schedule.before_backward[8], ElementsAre(6, 7));
  EXPECT_THAT(schedule.before_backward[7], IsEmpty());
  EXPECT_EQ(SecondLife(schedule, "mid"), (Life{19 - 8, 19 - 7}));
  EXPECT_EQ(FirstLife(schedule, "mid").last, 7);
}

// Of several outputs of a layer the first; what lies in a block never.
TEST_F(RecomputationTest, LeavesOthersAlone) {
  Plan(R"(
    layer { name: "data" type: "Input" top: "data" top: "label"
      input_param { shape { dim: 2 dim: 4 dim: 8 dim: 8 } shape { dim: 2 } } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
      convolution_param { num_output: 4 kernel_size: 1 } }
    layer { name: "drop" type: "Dropout" bottom: "conv" top: "drop" }
    layer { name: "slice" type: "Slice" bottom: "drop" top: "a" top: "b" }
    layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "b" top: "sum" }
    layer { name: "prod" type: "Eltwise" bottom: "a" bottom: "b" top: "prod"
      eltwise_param { operation: PROD } }
    layer { name: "relu" type: "ReLU" bottom: "prod" top: "relu" }
    layer { name: "cat" type: "Concat" bottom: "sum" bottom: "relu" top: "cat" }
    layer { name: "fc" type: "InnerProduct" bottom: "cat" top: "fc"
      inner_product_param { num_output: 10 } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
      top: "loss" })");
  EXPECT_THAT(Layers(), ElementsAre(ElementsAre("slice")));
  EXPECT_EQ(found_[0].storage, data_.regions[planned_.value("a")].storage);
}

}  // namespace
}  // namespace tamp
