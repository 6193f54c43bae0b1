#include "core/rng.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

using testing::ElementsAre;

// The known answers that the authors of Philox publish with Random123.
TEST(PhiloxTest, MatchesPublishedAnswers) {
  EXPECT_THAT(Philox(0, 0, 0).words,
              ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  const uint64_t ones = ~uint64_t{0};
  EXPECT_THAT(Philox(ones, ones, ones).words,
              ElementsAre(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  EXPECT_THAT(
      Philox(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88).words,
      ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(DeriveKeyTest, DependsOnSeedAndName) {
  EXPECT_EQ(DeriveKey(1, "conv1"), DeriveKey(1, "conv1"));
  EXPECT_NE(DeriveKey(1, "conv1"), DeriveKey(2, "conv1"));
  EXPECT_NE(DeriveKey(1, "conv1"), DeriveKey(1, "conv2"));
}

TEST(RandomStreamTest, StreamsAreIndependent) {
  RandomStream a(7, 0), b(7, 1);
  int equal = 0;
  for (int i = 0; i < 100; ++i) equal += a.NextBits() == b.NextBits();
  EXPECT_LE(equal, 1);
}

TEST(RandomStreamTest, UniformHasItsMoments) {
  RandomStream random(3);
  double sum = 0, squares = 0;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    const double u = random.Uniform();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    squares += u * u;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 0.01);
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 0.01);
}

TEST(RandomStreamTest, NormalHasItsMoments) {
  RandomStream random(4);
  double sum = 0, squares = 0;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.Normal();
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.02);
  EXPECT_NEAR(squares / kDraws, 1, 0.03);
}

TEST(RandomStreamTest, UniformIntCoversItsRangeEvenly) {
  RandomStream random(5);
  std::vector<int> counts(7, 0);
  for (int i = 0; i < 70000; ++i) ++counts[random.UniformInt(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);
}

}  // namespace
}  // namespace tamp
