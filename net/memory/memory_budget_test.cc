#include "net/memory/memory_budget.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/memory/lay_out_memory.h"
#include "net/report/multiply_adds.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

// Pairs of a convolution to `wide` channels and one to a single channel, which
// costs `wide` multiply-adds a position. All on two images of 32x32.
class MemoryBudgetTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string net = R"(
      layer { name: "data" type: "Input" top: "x0" top: "label"
        input_param { shape { dim: 2 dim: 1 dim: 32 dim: 32 }
                      shape { dim: 2 } } })";
    const std::vector<int> kernels = {5, 1, 3, 1};
    for (size_t i = 0; i < kernels.size(); ++i) {
      absl::StrAppend(&net, R"(
        layer { name: "wide)",
                      i, R"(" type: "Convolution" bottom: "x)", i,
                      R"(" top: "wide)", i, R"("
          convolution_param { num_output: 50 bias_term: false
            kernel_size: )",
                      kernels[i], " pad: ", kernels[i] / 2, R"( } }
        layer { name: "narrow)",
                      i, R"(" type: "Convolution"
          bottom: "wide)",
                      i, R"(" top: "x)", i + 1, R"("
          convolution_param { num_output: 1 bias_term: false kernel_size: 1 }
        })");
    }
    absl::StrAppend(&net, R"(
      layer { name: "fc" type: "InnerProduct" bottom: "x4" top: "fc"
        inner_product_param { num_output: 10 } }
      layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc"
        bottom: "label" top: "loss" })");
    ASSERT_OK_AND_ASSIGN(planned_, PlanGraphFromText(net));
  }

  absl::StatusOr<BudgetedLayout> LayOut(int64_t bytes,
                                        int64_t fixed_bytes = 0) const {
    return LayOutWithinBudget(planned_.graph, LayoutOptions(),
                              {bytes, fixed_bytes});
  }

  bool RunsAgain(const BudgetedLayout& budgeted, const char* layer) const {
    for (const NodeLayout& node : budgeted.layout.nodes) {
      for (const int n : node.recomputed_before_backward) {
        if (planned_.graph.nodes[n].parameter.name() == layer) return true;
      }
    }
    return false;
  }

  PlannedGraph planned_;
};

constexpr int64_t kWide = 4 * 2 * 50 * 1024;  // bytes

TEST_F(MemoryBudgetTest, EnoughChangesNothing) {
  const MemoryLayout free = LayOutMemory(planned_.graph, LayoutOptions());
  ASSERT_OK_AND_ASSIGN(const BudgetedLayout budgeted,
                       LayOut(free.plan.total_bytes));
  EXPECT_EQ(budgeted.layout.plan.offsets, free.plan.offsets);
  EXPECT_EQ(budgeted.report.num_recomputed, 0);
  EXPECT_EQ(budgeted.report.recomputed_multiply_adds, 0);
  EXPECT_EQ(budgeted.report.planned_bytes, free.plan.total_bytes);
}

// Most is in use in the backward of narrow3, where wide3 is needed: of the
// others, that of the 1x1 convolution costs least, then that of the 3x3.
TEST_F(MemoryBudgetTest, TakesTheCheapestFirst) {
  const int64_t free =
      LayOutMemory(planned_.graph, LayoutOptions()).plan.total_bytes;
  ASSERT_OK_AND_ASSIGN(const BudgetedLayout one, LayOut(free - 1000));
  EXPECT_EQ(one.report.num_recomputed, 1);
  EXPECT_TRUE(RunsAgain(one, "wide1"));
  EXPECT_EQ(one.report.recomputed_multiply_adds, 2 * 50 * 1024);
  EXPECT_EQ(one.report.multiply_adds,
            StepMultiplyAdds(planned_.graph, one.layout));
  EXPECT_LE(one.layout.plan.total_bytes, free - kWide);

  ASSERT_OK_AND_ASSIGN(const BudgetedLayout two, LayOut(free - kWide - 10000));
  EXPECT_TRUE(RunsAgain(two, "wide1"));
  EXPECT_TRUE(RunsAgain(two, "wide2"));
  EXPECT_FALSE(RunsAgain(two, "wide0"));
}

TEST_F(MemoryBudgetTest, FixedBytesCount) {
  const int64_t free =
      LayOutMemory(planned_.graph, LayoutOptions()).plan.total_bytes;
  ASSERT_OK_AND_ASSIGN(const BudgetedLayout budgeted, LayOut(free, 5000));
  EXPECT_EQ(budgeted.report.num_recomputed, 1);
  EXPECT_EQ(budgeted.report.fixed_bytes, 5000);
  EXPECT_EQ(budgeted.report.planned_bytes,
            budgeted.layout.plan.total_bytes + 5000);
  EXPECT_LE(budgeted.report.planned_bytes, free);
}

TEST_F(MemoryBudgetTest, TooSmall) {
  // A wide value and its gradient must be there at the same time.
  EXPECT_THAT(LayOut(2 * kWide - 1),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("is too small: the least that the net can do "
                                 "with is ")));
}

}  // namespace
}  // namespace tamp
