#include "solvers/idle_training.h"

#include <string>

#include "core/check.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Of a net with two parameters and a statistic.
std::vector<std::string> Warnings(const std::string& text, float lr_mult = 1) {
  SolverParameter solver;
  CHECK(google::protobuf::TextFormat::ParseFromString(text, &solver)) << text;
  auto plan = TrainingPlan::Create(solver, EpochClock(50, 10));
  CHECK(plan.ok()) << plan.status();
  ParameterStore parameters;
  for (const char* name : {"a", "b", "mean"}) {
    Parameter parameter;
    parameter.name = name;
    parameter.shape = {3};
    parameter.lr_mult = lr_mult;
    if (parameter.name == "mean") {
      parameter.kind = ParameterPlan::Kind::kStatistic;
      parameter.lr_mult = 1;
    }
    parameters.Add(parameter);
  }
  return WarnOfIdleTraining(solver, *plan, parameters);
}

TEST(IdleTrainingTest, ARateOfZeroThroughout) {
  EXPECT_THAT(Warnings("base_lr: 0 lr_policy: 'fixed' max_iter: 9"),
              ElementsAre("warning: nothing will be learned: the learning rate "
                          "is 0 in all 9 iterations (base_lr: 0, lr_policy: "
                          "\"fixed\")"));
  for (const char* zero :
       {"base_lr: 0 lr_policy: 'step' gamma: 0.1 stepsize: 3 max_iter: 9",
        "base_lr: 0 lr_policy: 'poly' power: 0 max_iter: 9",
        "base_lr: 0 lr_policy: 'cosine' max_epoch: 2",
        "base_lr: 0 max_lr: 0 lr_policy: 'one_cycle' max_iter: 9",
        "base_lr: 0 lr_policy: 'fixed' warmup_iter: 4 max_iter: 9",
        // It ends before it has warmed up.
        "base_lr: 0.1 lr_policy: 'fixed' warmup_iter: 4 max_iter: 1"}) {
    EXPECT_EQ(Warnings(zero).size(), 1) << zero;
  }
}

TEST(IdleTrainingTest, ARateThatIsSometimesZero) {
  for (const char* fine :
       {"base_lr: 1e-9 lr_policy: 'fixed' max_iter: 1",
        "base_lr: 0.1 lr_policy: 'poly' power: 2 max_iter: 9",
        "base_lr: 0 min_lr: 0.1 lr_policy: 'cosine' max_iter: 9",
        "base_lr: 0 max_lr: 0.1 lr_policy: 'one_cycle' max_iter: 9",
        "base_lr: 0 max_lr: 0.1 one_cycle_rise: 0 lr_policy: 'one_cycle' "
        "max_iter: 9",
        "base_lr: 0.1 lr_policy: 'fixed' warmup_iter: 4 max_iter: 2",
        "base_lr: 0 lr_policy: 'fixed' warmup_iter: 4 warmup_start_lr: 0.1 "
        "max_iter: 9"}) {
    EXPECT_THAT(Warnings(fine), IsEmpty()) << fine;
  }
}

TEST(IdleTrainingTest, ParametersThatAreAllFrozen) {
  EXPECT_THAT(Warnings("base_lr: 1 lr_policy: 'fixed' max_iter: 9", 0),
              ElementsAre("warning: nothing will be learned: lr_mult is 0 for "
                          "all parameters"));
}

}  // namespace
}  // namespace tamp
