#include "solvers/training_plan.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

// 25 samples in batches of 10: epochs begin at iterations 0, 3, 5, 8, 10.
const EpochClock kClock(25, 10);

absl::StatusOr<TrainingPlan> Make(const std::string& text) {
  SolverParameter parameter;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "base_lr: 1 lr_policy: 'fixed' " + text, &parameter));
  return TrainingPlan::Create(parameter, kClock);
}

// The iterations after which something happens.
std::vector<int64_t> Times(const TrainingPlan& plan,
                           bool (TrainingPlan::*happens)(int64_t) const) {
  std::vector<int64_t> times;
  for (int64_t done = 1; done <= plan.total_iterations(); ++done) {
    if ((plan.*happens)(done)) times.push_back(done);
  }
  return times;
}

TEST(TrainingPlanTest, Lengths) {
  ASSERT_OK_AND_ASSIGN(const TrainingPlan epochs, Make("max_epoch: 3"));
  EXPECT_EQ(epochs.total_iterations(), 8);
  EXPECT_EQ(epochs.total_epochs(), 3);
  ASSERT_OK_AND_ASSIGN(const TrainingPlan iterations, Make("max_iter: 9"));
  EXPECT_EQ(iterations.total_iterations(), 9);
  EXPECT_EQ(iterations.total_epochs(), 4);
}

TEST(TrainingPlanTest, EpochsEndWhereTheNextBegins) {
  ASSERT_OK_AND_ASSIGN(const TrainingPlan plan, Make("max_iter: 9"));
  EXPECT_THAT(Times(plan, &TrainingPlan::EndsEpoch), ElementsAre(3, 5, 8, 9));
}

TEST(TrainingPlanTest, Tests) {
  ASSERT_OK_AND_ASSIGN(TrainingPlan plan, Make("max_iter: 9"));
  EXPECT_THAT(Times(plan, &TrainingPlan::TestsAfter), IsEmpty());
  EXPECT_FALSE(plan.tests_first());
  ASSERT_OK_AND_ASSIGN(plan, Make("max_iter: 9 test_interval: 4"));
  EXPECT_THAT(Times(plan, &TrainingPlan::TestsAfter), ElementsAre(4, 8, 9));
  EXPECT_TRUE(plan.tests_first());
  ASSERT_OK_AND_ASSIGN(plan, Make("max_iter: 9 test_interval_epochs: 2 "
                                  "test_initialization: false"));
  EXPECT_THAT(Times(plan, &TrainingPlan::TestsAfter), ElementsAre(5, 9));
  EXPECT_FALSE(plan.tests_first());
}

TEST(TrainingPlanTest, Snapshots) {
  ASSERT_OK_AND_ASSIGN(TrainingPlan plan, Make("max_iter: 9"));
  EXPECT_THAT(Times(plan, &TrainingPlan::SnapshotsAfter), IsEmpty());
  ASSERT_OK_AND_ASSIGN(plan, Make("max_iter: 9 snapshot: 4"));
  EXPECT_THAT(Times(plan, &TrainingPlan::SnapshotsAfter), ElementsAre(4, 8));
  ASSERT_OK_AND_ASSIGN(plan, Make("max_iter: 9 snapshot_interval_epochs: 1"));
  EXPECT_THAT(Times(plan, &TrainingPlan::SnapshotsAfter), ElementsAre(3, 5, 8));
}

TEST(TrainingPlanTest, Displays) {
  ASSERT_OK_AND_ASSIGN(TrainingPlan plan, Make("max_iter: 9"));
  EXPECT_THAT(Times(plan, &TrainingPlan::DisplaysAfter),
              ElementsAre(3, 5, 8, 9));
  EXPECT_TRUE(plan.displays_epochs());
  ASSERT_OK_AND_ASSIGN(plan, Make("max_iter: 9 display: 2"));
  EXPECT_THAT(Times(plan, &TrainingPlan::DisplaysAfter),
              ElementsAre(2, 4, 6, 8));
  EXPECT_FALSE(plan.displays_epochs());
}

TEST(TrainingPlanTest, Positions) {
  ASSERT_OK_AND_ASSIGN(const TrainingPlan plan, Make("max_iter: 9"));
  struct Row {
    int64_t done, epoch, epoch_iteration, epoch_iterations;
  };
  for (const Row& row :
       {Row{0, 0, 0, 3}, Row{1, 1, 1, 3}, Row{3, 1, 3, 3}, Row{4, 2, 1, 2},
        Row{5, 2, 2, 2}, Row{8, 3, 3, 3}, Row{9, 4, 1, 1}}) {
    const TrainingPosition position = plan.PositionAfter(row.done);
    EXPECT_EQ(position.iteration, row.done);
    EXPECT_EQ(position.total_iterations, 9);
    EXPECT_EQ(position.total_epochs, 4);
    EXPECT_EQ(position.epoch, row.epoch) << row.done;
    EXPECT_EQ(position.epoch_iteration, row.epoch_iteration) << row.done;
    EXPECT_EQ(position.epoch_iterations, row.epoch_iterations) << row.done;
  }
}

TEST(TrainingPlanTest, ErrorsNameTheField) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "max_iter or max_epoch is missing"},
      {"max_iter: 3 max_epoch: 1", "max_iter and max_epoch are both given"},
      {"max_iter: 0", "max_iter is 0, it must be at least 1"},
      {"max_epoch: -1", "max_epoch is -1, "},
      {"max_epoch: 9223372036854775807", "max_epoch is 9223372036854775807, "},
      {"max_iter: 3 iter_size: 0", "iter_size is 0, "},
      {"max_iter: 3 display: -1", "display is -1, "},
      {"max_iter: 3 average_loss: 0", "average_loss is 0, "},
      {"max_iter: 3 average_loss: 2000000000", "average_loss is 2000000000, "},
      {"max_iter: 3 test_interval: -1", "test_interval is -1, "},
      {"max_iter: 3 test_interval_epochs: -1", "test_interval_epochs is -1, "},
      {"max_iter: 3 test_interval: 1 test_interval_epochs: 1",
       "test_interval and test_interval_epochs are both given"},
      {"max_iter: 3 snapshot: -1", "snapshot is -1, "},
      {"max_iter: 3 snapshot: 1 snapshot_interval_epochs: 1",
       "snapshot and snapshot_interval_epochs are both given"},
      {"max_iter: 3 warmup_iter: -1", "warmup_iter is -1, "},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(Make(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                     StartsWith(message)));
  }
}

}  // namespace
}  // namespace tamp
