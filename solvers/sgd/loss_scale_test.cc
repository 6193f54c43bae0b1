#include "solvers/sgd/loss_scale.h"

#include <cmath>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

void TakeGoodSteps(int64_t count, LossScale* scale) {
  for (int64_t i = 0; i < count; ++i) ASSERT_OK(scale->Update(true));
}

TEST(LossScaleTest, HalvesAtOnceAndDoublesAfterManyGoodSteps) {
  LossScale scale;
  EXPECT_EQ(scale.value(), 65536);
  ASSERT_OK(scale.Update(false));
  EXPECT_EQ(scale.value(), 32768);
  ASSERT_OK(scale.Update(false));
  EXPECT_EQ(scale.value(), 16384);
  TakeGoodSteps(1999, &scale);
  EXPECT_EQ(scale.value(), 16384);
  TakeGoodSteps(1, &scale);
  EXPECT_EQ(scale.value(), 32768);
  TakeGoodSteps(1999, &scale);
  EXPECT_EQ(scale.value(), 32768);
  TakeGoodSteps(1, &scale);
  EXPECT_EQ(scale.value(), 65536);
}

TEST(LossScaleTest, ABadStepForgetsTheGoodOnes) {
  LossScale scale;
  TakeGoodSteps(1999, &scale);
  ASSERT_OK(scale.Update(false));
  TakeGoodSteps(1999, &scale);
  EXPECT_EQ(scale.value(), 32768);
  TakeGoodSteps(1, &scale);
  EXPECT_EQ(scale.value(), 65536);
}

TEST(LossScaleTest, HasBounds) {
  LossScale scale;
  TakeGoodSteps(20 * LossScale::kStepsToDouble, &scale);
  EXPECT_EQ(scale.value(), LossScale::kMost);
  while (scale.value() > 1) ASSERT_OK(scale.Update(false));
  ASSERT_OK(scale.Update(true));
  EXPECT_THAT(scale.Update(false),
              StatusIs(StatusCode::kAborted,
                       HasSubstr("not finite with the least loss scale, 1")));
  EXPECT_EQ(scale.value(), 1);
}

// From any state on, both go the same way.
TEST(LossScaleTest, GoesOnFromASnapshot) {
  LossScale scale;
  ASSERT_OK(scale.Update(false));
  TakeGoodSteps(1500, &scale);
  SnapshotParameter snapshot;
  scale.Save(&snapshot);
  ASSERT_OK_AND_ASSIGN(LossScale resumed, LossScale::From(snapshot));
  EXPECT_EQ(resumed.value(), 32768);
  TakeGoodSteps(499, &resumed);
  EXPECT_EQ(resumed.value(), 32768);
  TakeGoodSteps(1, &resumed);
  EXPECT_EQ(resumed.value(), 65536);
}

TEST(LossScaleTest, SnapshotsWithoutItBeginAnew) {
  ASSERT_OK_AND_ASSIGN(const LossScale scale,
                       LossScale::From(SnapshotParameter()));
  EXPECT_EQ(scale.value(), LossScale::kFirst);
}

TEST(LossScaleTest, RefusesWhatIsNoScale) {
  SnapshotParameter snapshot;
  LossScale().Save(&snapshot);
  for (const double bad :
       {0.0, -2.0, 0.5, 3.0, 33554432.0, double{INFINITY}, double{NAN}}) {
    SnapshotParameter changed = snapshot;
    changed.mutable_loss_scale()->set_value(bad);
    EXPECT_THAT(LossScale::From(changed),
                StatusIs(StatusCode::kFailedPrecondition,
                         HasSubstr("the snapshot's loss scale is ")))
        << bad;
  }
  for (const int64_t bad : {-1, 2000}) {
    SnapshotParameter changed = snapshot;
    changed.mutable_loss_scale()->set_good_steps(bad);
    EXPECT_THAT(LossScale::From(changed),
                StatusIs(StatusCode::kFailedPrecondition,
                         HasSubstr("it must be a power of two")));
  }
}

}  // namespace
}  // namespace tamp
