#include "solvers/sgd/epoch_clock.h"

#include <limits>

#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(EpochClockTest, BatchDividesTheSet) {
  const EpochClock clock(100, 10);
  EXPECT_EQ(clock.EpochOf(0), 0);
  EXPECT_EQ(clock.EpochOf(9), 0);
  EXPECT_EQ(clock.EpochOf(10), 1);
  EXPECT_EQ(clock.FirstIteration(0), 0);
  EXPECT_EQ(clock.FirstIteration(3), 30);
  EXPECT_FALSE(clock.EndsEpochs(9, 1));
  EXPECT_TRUE(clock.EndsEpochs(10, 1));
  EXPECT_FALSE(clock.EndsEpochs(11, 1));
  EXPECT_FALSE(clock.EndsEpochs(10, 2));
  EXPECT_TRUE(clock.EndsEpochs(20, 2));
}

// Iteration 781 takes samples 49984 to 50047: its first lies in epoch 0.
TEST(EpochClockTest, IterationBelongsWhereItsFirstSampleLies) {
  const EpochClock clock(50000, 64);
  EXPECT_EQ(clock.EpochOf(781), 0);
  EXPECT_EQ(clock.EpochOf(782), 1);
  EXPECT_EQ(clock.FirstIteration(1), 782);
  EXPECT_EQ(clock.FirstIteration(2), 1563);
  EXPECT_EQ(clock.FirstIteration(4), 3125);
  EXPECT_EQ(clock.EpochOf(3124), 3);
  EXPECT_EQ(clock.EpochOf(3125), 4);
  for (int64_t epoch = 1; epoch < 50; ++epoch) {
    const int64_t first = clock.FirstIteration(epoch);
    EXPECT_EQ(clock.EpochOf(first), epoch);
    EXPECT_EQ(clock.EpochOf(first - 1), epoch - 1);
    EXPECT_TRUE(clock.EndsEpochs(first, 1));
    EXPECT_FALSE(clock.EndsEpochs(first - 1, 1));
  }
}

TEST(EpochClockTest, BatchLargerThanTheSet) {
  const EpochClock clock(10, 25);
  EXPECT_EQ(clock.EpochOf(1), 2);
  EXPECT_EQ(clock.EpochOf(2), 5);
  EXPECT_EQ(clock.FirstIteration(1), 1);
  EXPECT_EQ(clock.FirstIteration(5), 2);
  EXPECT_TRUE(clock.EndsEpochs(2, 5));
  EXPECT_FALSE(clock.EndsEpochs(1, 5));
}

TEST(EpochClockTest, FractionsRoundUp) {
  const EpochClock clock(50000, 64);
  EXPECT_EQ(clock.Iterations(0), 0);
  EXPECT_EQ(clock.Iterations(0.5), 391);
  EXPECT_EQ(clock.Iterations(1), 782);
  EXPECT_EQ(clock.Iterations(4), 3125);
}

TEST(EpochClockTest, HugeNumbersSaturate) {
  constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
  const EpochClock clock(int64_t{1} << 40, 1);
  EXPECT_EQ(clock.FirstIteration(kLargest), kLargest);
  EXPECT_EQ(clock.Iterations(1e300), kLargest);
  EXPECT_EQ(clock.EpochOf(kLargest), kLargest >> 40);
}

}  // namespace
}  // namespace tamp
