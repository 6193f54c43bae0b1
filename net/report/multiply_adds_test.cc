#include "net/report/multiply_adds.h"

#include "gtest/gtest.h"
#include "net/memory/lay_out_memory.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

TEST(MultiplyAddsTest, ByHand) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned, PlanGraphFromText(R"(
    layer { name: "data" type: "Input" top: "data" top: "label"
      input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } shape { dim: 2 } } }
    layer { name: "first" type: "Convolution" bottom: "data" top: "first"
      convolution_param { num_output: 4 kernel_size: 1 } }
    layer { name: "second" type: "Convolution" bottom: "first" top: "second"
      convolution_param { num_output: 5 kernel_size: 1 } }
    layer { name: "fc" type: "InnerProduct" bottom: "second" top: "fc"
      inner_product_param { num_output: 10 } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
      top: "loss" })"));
  const int64_t first = 2 * 64 * 4 * 3, second = 2 * 64 * 5 * 4;
  const int64_t fc = 2 * 10 * 5 * 64;
  const MemoryLayout train = LayOutMemory(planned.graph, LayoutOptions());
  // The net's input has no gradient.
  EXPECT_EQ(BackwardMultiplyAdds(planned.node("first"), train.nodes[1]), first);
  EXPECT_EQ(BackwardMultiplyAdds(planned.node("second"), train.nodes[2]),
            2 * second);
  EXPECT_EQ(StepMultiplyAdds(planned.graph, train),
            2 * first + 3 * second + 3 * fc);
  // A weight that does not learn has none, and neither has what lies below it
  // alone. Biases are cheap.
  for (const char* name : {"first/weight", "second/weight", "first/bias"}) {
    planned.parameters->Find(name)->lr_mult = 0;
  }
  const MemoryLayout frozen = LayOutMemory(planned.graph, LayoutOptions());
  EXPECT_FALSE(frozen.nodes[1].runs_backward);
  EXPECT_EQ(BackwardMultiplyAdds(planned.node("first"), frozen.nodes[1]), 0);
  EXPECT_EQ(BackwardMultiplyAdds(planned.node("second"), frozen.nodes[2]), 0);
  EXPECT_EQ(StepMultiplyAdds(planned.graph, frozen), first + second + 3 * fc);
  const MemoryLayout test = LayOutMemory(planned.graph, {false, false});
  EXPECT_EQ(StepMultiplyAdds(planned.graph, test), first + second + fc);
}

}  // namespace
}  // namespace tamp
