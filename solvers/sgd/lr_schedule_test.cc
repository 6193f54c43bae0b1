#include "solvers/sgd/lr_schedule.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

SolverParameter Parse(const std::string& text) {
  SolverParameter parameter;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &parameter));
  return parameter;
}

// 25 samples in batches of 10: epochs begin at iterations 0, 3, 5, 8, 10.
const EpochClock kClock(25, 10);
constexpr int64_t kTotal = 100;

struct Point {
  int64_t iteration;
  double rate;
};

struct Case {
  std::string parameter;
  std::vector<Point> points;
};

class LrScheduleTest : public testing::TestWithParam<Case> {};

TEST_P(LrScheduleTest, Rates) {
  ASSERT_OK_AND_ASSIGN(
      const LrSchedule schedule,
      LrSchedule::Create(Parse(GetParam().parameter), kClock, kTotal));
  for (const auto& [iteration, rate] : GetParam().points) {
    // Options are floats in the file.
    EXPECT_NEAR(schedule.RateAt(iteration), rate, 1e-7 * std::fabs(rate) + 1e-9)
        << GetParam().parameter << " at iteration " << iteration;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Policies, LrScheduleTest,
    testing::Values(
        Case{"lr_policy: 'fixed' base_lr: 0.25",
             {{0, 0.25}, {99, 0.25}, {1000, 0.25}}},
        Case{"lr_policy: 'step' base_lr: 1 gamma: 0.5 stepsize: 10",
             {{0, 1}, {9, 1}, {10, 0.5}, {19, 0.5}, {20, 0.25}}},
        Case{"lr_policy: 'step' base_lr: 1 gamma: 0.5 step_epochs: 2",
             {{0, 1}, {4, 1}, {5, 0.5}, {9, 0.5}, {10, 0.25}}},
        Case{"lr_policy: 'multistep' base_lr: 1 gamma: 0.5 "
             "stepvalue: 4 stepvalue: 8",
             {{3, 1}, {4, 0.5}, {7, 0.5}, {8, 0.25}, {99, 0.25}}},
        Case{"lr_policy: 'multistep' base_lr: 1 gamma: 0.5 "
             "step_value_epochs: 1 step_value_epochs: 3",
             {{2, 1}, {3, 0.5}, {7, 0.5}, {8, 0.25}}},
        Case{"lr_policy: 'exp' base_lr: 2 gamma: 0.5",
             {{0, 2}, {1, 1}, {3, 0.25}}},
        Case{"lr_policy: 'inv' base_lr: 1 gamma: 0.5 power: 2",
             {{0, 1}, {2, 0.25}, {6, 1.0 / 16}}},
        Case{"lr_policy: 'poly' base_lr: 1 power: 2",
             {{0, 1}, {50, 0.25}, {90, 0.01}, {100, 0}, {150, 0}}},
        Case{"lr_policy: 'sigmoid' base_lr: 1 gamma: -0.5 stepsize: 10",
             {{10, 0.5},
              {0, 1 / (1 + std::exp(-5.0))},
              {20, 1 / (1 + std::exp(5.0))}}},
        Case{"lr_policy: 'cosine' base_lr: 1 min_lr: 0.5",
             {{0, 1},
              {25, 0.75 + 0.25 * std::sqrt(0.5)},
              {50, 0.75},
              {100, 0.5},
              {200, 0.5}}},
        Case{"lr_policy: 'one_cycle' base_lr: 0.25 max_lr: 1 min_lr: 0.5 "
             "one_cycle_rise: 0.25",
             {{0, 0.25},
              {25, 1},
              {10, 0.25 + 0.75 * (1 - std::cos(M_PI * 0.4)) / 2},
              {55, 0.5 + 0.5 * (1 + std::cos(M_PI * 0.4)) / 2},
              {100, 0.5},
              {101, 0.5}}},
        Case{"lr_policy: 'one_cycle' base_lr: 0.25 max_lr: 1 one_cycle_rise: 0",
             {{0, 1}, {50, 0.5}, {100, 0}}},
        Case{"lr_policy: 'one_cycle' base_lr: 0 max_lr: 1 one_cycle_rise: 1",
             {{0, 0}, {50, 0.5}, {100, 0}}}));

INSTANTIATE_TEST_SUITE_P(
    Warmup, LrScheduleTest,
    testing::Values(
        Case{"lr_policy: 'fixed' base_lr: 1 warmup_iter: 4",
             {{0, 0}, {1, 0.25}, {3, 0.75}, {4, 1}, {5, 1}}},
        Case{"lr_policy: 'fixed' base_lr: 1 warmup_iter: 4 "
             "warmup_start_lr: 0.5",
             {{0, 0.5}, {2, 0.75}, {4, 1}}},
        // 1.5 epochs are 3.75 iterations, rounded up.
        Case{"lr_policy: 'fixed' base_lr: 1 warmup_epochs: 1.5",
             {{0, 0}, {1, 0.25}, {4, 1}}},
        // Towards the policy's rate at the end of the warm-up, whose clock runs
        // from the start.
        Case{"lr_policy: 'step' base_lr: 1 gamma: 0.5 stepsize: 5 "
             "warmup_iter: 10",
             {{0, 0}, {4, 0.1}, {9, 0.225}, {10, 0.25}, {14, 0.25}}}));

struct BadCase {
  std::string parameter;
  std::string message;
};

class LrScheduleErrorTest : public testing::TestWithParam<BadCase> {};

TEST_P(LrScheduleErrorTest, NamesTheField) {
  EXPECT_THAT(LrSchedule::Create(Parse(GetParam().parameter), kClock, kTotal),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::StartsWith(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, LrScheduleErrorTest,
    testing::Values(
        BadCase{"base_lr: 1", "lr_policy is missing; it is one of fixed, "},
        BadCase{"base_lr: 1 lr_policy: 'stp'", "lr_policy \"stp\" is none of"},
        BadCase{"lr_policy: 'fixed'", "base_lr is missing"},
        BadCase{"lr_policy: 'fixed' base_lr: -1", "base_lr is -1, "},
        BadCase{"lr_policy: 'fixed' base_lr: nan", "base_lr is nan, "},
        BadCase{"lr_policy: 'fixed' base_lr: inf", "base_lr is inf, "},
        BadCase{"lr_policy: 'step' base_lr: 1 gamma: 0.1",
                "stepsize (or step_epochs) is missing"},
        BadCase{"lr_policy: 'step' base_lr: 1 stepsize: 3", "gamma is missing"},
        BadCase{"lr_policy: 'step' base_lr: 1 gamma: 0.1 stepsize: 0",
                "stepsize is 0, it must be at least 1"},
        BadCase{"lr_policy: 'step' base_lr: 1 gamma: 0.1 step_epochs: -2",
                "step_epochs is -2, "},
        BadCase{"lr_policy: 'step' base_lr: 1 gamma: 0.1 step_epochs: 2 "
                "stepsize: 5",
                "stepsize and step_epochs are both given"},
        BadCase{"lr_policy: 'step' base_lr: 1 gamma: 0 stepsize: 5",
                "gamma is 0, "},
        BadCase{"lr_policy: 'multistep' base_lr: 1 gamma: 0.1",
                "stepvalue (or step_value_epochs) is missing"},
        BadCase{"lr_policy: 'multistep' base_lr: 1 gamma: 0.1 stepvalue: 5 "
                "stepvalue: 3",
                "stepvalue 3 comes after 5; they must ascend"},
        BadCase{"lr_policy: 'multistep' base_lr: 1 gamma: 0.1 "
                "step_value_epochs: 5 step_value_epochs: 5",
                "step_value_epochs 5 comes after 5; "},
        BadCase{"lr_policy: 'multistep' base_lr: 1 gamma: 0.1 stepvalue: -5",
                "stepvalue -5 is negative"},
        BadCase{"lr_policy: 'exp' base_lr: 1 gamma: nan", "gamma is nan, "},
        BadCase{"lr_policy: 'inv' base_lr: 1 gamma: 1", "power is missing"},
        BadCase{"lr_policy: 'poly' base_lr: 1 power: -1", "power is -1, "},
        BadCase{"lr_policy: 'sigmoid' base_lr: 1 gamma: 1",
                "stepsize is missing"},
        BadCase{"lr_policy: 'cosine' base_lr: 1 min_lr: -1", "min_lr is -1, "},
        BadCase{"lr_policy: 'one_cycle' base_lr: 1", "max_lr is missing"},
        BadCase{"lr_policy: 'one_cycle' base_lr: 1 max_lr: 2 "
                "one_cycle_rise: 1.5",
                "one_cycle_rise is 1.5, "},
        BadCase{"lr_policy: 'fixed' base_lr: 1 warmup_iter: -1",
                "warmup_iter is -1, "},
        BadCase{"lr_policy: 'fixed' base_lr: 1 warmup_epochs: nan",
                "warmup_epochs is nan, "},
        BadCase{"lr_policy: 'fixed' base_lr: 1 warmup_epochs: 1 warmup_iter: 1",
                "warmup_iter and warmup_epochs are both given"},
        BadCase{"lr_policy: 'fixed' base_lr: 1 warmup_start_lr: -0.5",
                "warmup_start_lr is -0.5, "}));

TEST(LrScheduleSuggestionTest, NearestPolicy) {
  EXPECT_THAT(LrSchedule::Create(Parse("base_lr: 1 lr_policy: 'multi_step'"),
                                 kClock, kTotal),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("did you mean \"multistep\"?")));
}

bool IsZero(const std::string& text, int64_t total) {
  const auto schedule = LrSchedule::Create(Parse(text), kClock, total);
  EXPECT_OK(schedule) << text;
  return schedule->IsZeroThroughout();
}

TEST(LrScheduleZeroTest, ZeroThroughout) {
  for (const char* zero :
       {"base_lr: 0 lr_policy: 'fixed'",
        "base_lr: 0 lr_policy: 'step' gamma: 0.1 stepsize: 3",
        "base_lr: 0 lr_policy: 'poly' power: 0",
        "base_lr: 0 lr_policy: 'cosine'",
        "base_lr: 0 max_lr: 0 lr_policy: 'one_cycle'",
        "base_lr: 0 lr_policy: 'fixed' warmup_iter: 4"}) {
    EXPECT_TRUE(IsZero(zero, 9)) << zero;
  }
  // It ends before it has warmed up.
  EXPECT_TRUE(IsZero("base_lr: 1 lr_policy: 'fixed' warmup_iter: 4", 1));
}

TEST(LrScheduleZeroTest, SometimesZero) {
  for (const char* fine :
       {"base_lr: 1e-9 lr_policy: 'fixed'",
        "base_lr: 0.1 lr_policy: 'poly' power: 2",
        "base_lr: 0 min_lr: 0.1 lr_policy: 'cosine'",
        "base_lr: 0 max_lr: 0.1 lr_policy: 'one_cycle'",
        "base_lr: 0 max_lr: 0.1 one_cycle_rise: 0 lr_policy: 'one_cycle'",
        "base_lr: 0.1 lr_policy: 'fixed' warmup_iter: 40",
        "base_lr: 0 lr_policy: 'fixed' warmup_iter: 4 warmup_start_lr: 0.1"}) {
    EXPECT_FALSE(IsZero(fine, 9)) << fine;
  }
}

}  // namespace
}  // namespace tamp
