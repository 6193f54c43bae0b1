#include "net/report/plan_notes.h"

#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(PlanNotesTest, Passes) {
  EXPECT_EQ(DescribePasses({}), "passes: none ran");
  EXPECT_EQ(DescribePasses({{"a", 0}, {"b", 0}}), "passes: nothing found");
  EXPECT_EQ(DescribePasses({{"a", 3}, {"b", 0}, {"c", 58}}),
            "passes: a 3, c 58");
}

TEST(PlanNotesTest, Budget) {
  BudgetReport report;
  report.budget_bytes = 350 << 20;
  report.planned_bytes = (318 << 20) + 1000;
  report.num_recomputed = 41;
  report.num_recomputable = 58;
  report.multiply_adds = 1000;
  report.recomputed_multiply_adds = 62;
  EXPECT_EQ(DescribeBudget(report),
            "memory budget 350 MiB: 41 of 58 values recomputed, 318 MiB "
            "planned, +6.2 % multiply-adds");
}

}  // namespace
}  // namespace tamp
