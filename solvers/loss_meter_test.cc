#include "solvers/loss_meter.h"

#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(LossMeterTest, MeansSinceReset) {
  LossMeter meter;
  meter.Add({1, 0.5}, 2);
  meter.Add({4, 1.0}, 3);
  EXPECT_EQ(meter.Mean().loss, 2.5);
  EXPECT_EQ(meter.Mean().accuracy, 0.75);
  EXPECT_EQ(meter.seconds(), 5);
  EXPECT_EQ(meter.count(), 2);
  meter.Reset();
  EXPECT_EQ(meter.count(), 0);
  meter.Add({7, {}}, 1);
  EXPECT_EQ(meter.Mean().loss, 7);
  EXPECT_FALSE(meter.Mean().accuracy.has_value());
}

TEST(MovingLossTest, ForgetsTheOldest) {
  MovingLoss moving(3);
  const double expected[] = {1, 1.5, 2, 3, 4};
  for (int i = 0; i < 5; ++i) {
    moving.Add({double(i + 1), double(i + 1)});
    EXPECT_EQ(moving.Mean().loss, expected[i]);
    EXPECT_EQ(moving.Mean().accuracy, expected[i]);
  }
}

}  // namespace
}  // namespace tamp
