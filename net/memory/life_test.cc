#include "net/memory/life.h"

#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(LifeTest, GrowsToHoldWhatIsIncluded) {
  Life life;
  EXPECT_TRUE(life.is_empty());
  EXPECT_FALSE(life.Contains(0));
  life.Include(4);
  EXPECT_EQ(life, (Life{4, 4}));
  life.Include(Life());
  EXPECT_EQ(life, (Life{4, 4}));
  life.Include(Life{0, 2});
  EXPECT_EQ(life, (Life{0, 4}));
  EXPECT_TRUE(life.Contains(0));
  EXPECT_TRUE(life.Contains(4));
  EXPECT_FALSE(life.Contains(5));
}

TEST(LifeTest, OverlapsWhereAStepIsInBoth) {
  const Life life = {2, 4};
  EXPECT_TRUE(life.Overlaps({4, 9}));
  EXPECT_TRUE(life.Overlaps({0, 2}));
  EXPECT_TRUE(life.Overlaps({3, 3}));
  EXPECT_TRUE(life.Overlaps({0, 9}));
  EXPECT_FALSE(life.Overlaps({0, 1}));
  EXPECT_FALSE(life.Overlaps({5, 9}));
}

TEST(UsesTest, KnowsTheStepsBetweenForwardAndBackward) {
  EXPECT_EQ((Uses{{1, 3}, {7, 9}}).between(), (Life{4, 6}));
  EXPECT_EQ((Uses{{1, 3}, {7, 9}}).whole(), (Life{1, 9}));
  EXPECT_EQ((Uses{{1, 3}, {5, 9}}).between(), (Life{4, 4}));
  EXPECT_TRUE((Uses{{1, 3}, {4, 9}}).between().is_empty());
  EXPECT_TRUE((Uses{{1, 9}, {4, 5}}).between().is_empty());
  EXPECT_TRUE((Uses{{1, 3}, {}}).between().is_empty());
  EXPECT_EQ((Uses{{}, {4, 9}}).whole(), (Life{4, 9}));
}

}  // namespace
}  // namespace tamp
