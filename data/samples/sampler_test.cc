#include "data/samples/sampler.h"

#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

using testing::ElementsAre;

std::vector<int64_t> Indices(Sampler* sampler, int64_t begin, int64_t count) {
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < count; ++i) {
    indices.push_back(sampler->Index(begin + i));
  }
  return indices;
}

TEST(SamplerTest, InOrderWithoutShuffle) {
  Sampler sampler(3, /*shuffle=*/false, 1);
  EXPECT_THAT(Indices(&sampler, 0, 7), ElementsAre(0, 1, 2, 0, 1, 2, 0));
}

TEST(SamplerTest, LeavesOutWithoutShuffle) {
  Sampler sampler(5, /*shuffle=*/false, 1);
  sampler.LeaveOut(3);
  sampler.LeaveOut(0);
  EXPECT_EQ(sampler.num_samples(), 3);
  EXPECT_THAT(Indices(&sampler, 0, 7), ElementsAre(1, 2, 4, 1, 2, 4, 1));
  EXPECT_EQ(sampler.Epoch(5), 1);
}

TEST(SamplerTest, EveryEpochHasEverySampleOnce) {
  constexpr int64_t kSize = 1000;
  Sampler sampler(kSize, /*shuffle=*/true, 1);
  std::vector<int64_t> previous;
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    const std::vector<int64_t> order = Indices(&sampler, epoch * kSize, kSize);
    const std::set<int64_t> all(order.begin(), order.end());
    EXPECT_EQ(all.size(), size_t{kSize});
    EXPECT_EQ(*all.begin(), 0);
    EXPECT_EQ(*all.rbegin(), kSize - 1);
    EXPECT_NE(order, previous);
    previous = order;
  }
}

TEST(SamplerTest, DependsOnSeedAndPositionAlone) {
  Sampler a(100, true, 7), b(100, true, 7), other_seed(100, true, 8);
  const std::vector<int64_t> third = Indices(&a, 200, 100);
  Indices(&b, 450, 3);  // jumps about
  EXPECT_EQ(Indices(&b, 200, 100), third);
  EXPECT_NE(Indices(&other_seed, 200, 100), third);
}

// Where sample 0 comes to is uniform: chi squared over 10 places.
TEST(SamplerTest, IsUniform) {
  constexpr int64_t kSize = 10, kEpochs = 10000;
  Sampler sampler(kSize, true, 3);
  std::vector<int64_t> counts(kSize);
  for (int64_t position = 0; position < kSize * kEpochs; ++position) {
    if (sampler.Index(position) == 0) ++counts[position % kSize];
  }
  double chi_squared = 0;
  for (const int64_t count : counts) {
    chi_squared += std::pow(count - kEpochs / 10.0, 2) / (kEpochs / 10.0);
  }
  EXPECT_LT(chi_squared, 27.9);  // 9 degrees of freedom: p = 0.001
}

// Of 10 positions from 7 on, three ranks take 7 10 13 ..., 8 11 14 ..., 9 12
// ...
TEST(SamplerTest, RanksTakeTurns) {
  const Sampler first(5, false, 1, {0, 3}), last(5, false, 1, {2, 3});
  EXPECT_EQ(first.Position(7, 0), 7);
  EXPECT_EQ(first.Position(7, 2), 13);
  EXPECT_EQ(last.Position(7, 0), 9);
  EXPECT_EQ(last.Position(7, 1), 12);
  EXPECT_EQ(first.After(7, 2), 13);
  EXPECT_EQ(last.After(7, 2), 13);
  const Sampler alone(5, false, 1);
  EXPECT_EQ(alone.Position(7, 2), 9);
  EXPECT_EQ(alone.After(7, 2), 9);
}

TEST(SamplerTest, TheOrderIsThatOfAllRanks) {
  Sampler alone(10, true, 4), third(10, true, 4, {2, 5});
  EXPECT_EQ(Indices(&third, 0, 30), Indices(&alone, 0, 30));
}

TEST(SamplerTest, OneSample) {
  Sampler sampler(1, true, 1);
  EXPECT_THAT(Indices(&sampler, 5, 3), ElementsAre(0, 0, 0));
}

}  // namespace
}  // namespace tamp
