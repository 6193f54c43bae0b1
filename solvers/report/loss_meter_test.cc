#include "solvers/report/loss_meter.h"

#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace tamp {
namespace {

ScoreTable LossAndTopOne() {
  return ScoreTable({{"loss", 1, 1.0}, {"accuracy", 1, 0, true, true}});
}

TEST(LossMeterTest, MeansSinceReset) {
  const ScoreTable table = LossAndTopOne();
  LossMeter meter(&table);
  // A loss of 1 over 2 samples, one of 4 over 6.
  meter.Add({CountedMean{2, 2}, {1, 2}}, 2);
  meter.Add({CountedMean{24, 6}, {6, 6}}, 3);
  EXPECT_EQ(meter.Mean().loss, 3.25);
  EXPECT_EQ(meter.Mean().accuracy, 0.875);
  EXPECT_EQ(meter.seconds(), 5);
  EXPECT_EQ(meter.count(), 2);
  meter.Reset();
  EXPECT_EQ(meter.count(), 0);
  EXPECT_EQ(meter.seconds(), 0);
  EXPECT_EQ(meter.Mean().loss, std::nullopt);
  meter.Add({CountedMean{7, 1}, {}}, 1);
  EXPECT_EQ(meter.Mean().loss, 7);
  EXPECT_EQ(meter.Mean().accuracy, std::nullopt);
}

TEST(MovingLossTest, ForgetsTheOldest) {
  const ScoreTable table = LossAndTopOne();
  MovingLoss moving(&table, 3);
  const double expected[] = {1, 1.5, 2, 3, 4};
  for (int i = 0; i < 5; ++i) {
    const CountedMean mean = {10.0 * (i + 1), 10};
    moving.Add({mean, mean});
    EXPECT_EQ(moving.Mean().loss, expected[i]);
    EXPECT_EQ(moving.Mean().accuracy, expected[i]);
  }
}

TEST(MovingLossTest, WeighsByCounts) {
  const ScoreTable table = LossAndTopOne();
  MovingLoss moving(&table, 2);
  moving.Add({CountedMean{100, 1}, {}});
  moving.Add({CountedMean{1, 1}, {}});
  moving.Add({CountedMean{27, 9}, {}});
  EXPECT_EQ(moving.Mean().loss, 2.8);
}

}  // namespace
}  // namespace tamp
