#include "kernels/bf16.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(Bf16Test, RoundsToNearestAndTiesToEven) {
  constexpr float kUlp = 1.0f / 128;  // of numbers in 1 .. 2
  EXPECT_EQ(RoundToBf16(1), 1);
  EXPECT_EQ(RoundToBf16(1 + 0.49f * kUlp), 1);
  EXPECT_EQ(RoundToBf16(1 + 0.51f * kUlp), 1 + kUlp);
  EXPECT_EQ(RoundToBf16(1 + 0.5f * kUlp), 1);
  EXPECT_EQ(RoundToBf16(1 + 1.5f * kUlp), 1 + 2 * kUlp);
  EXPECT_EQ(RoundToBf16(-1 - 1.5f * kUlp), -1 - 2 * kUlp);
  EXPECT_EQ(RoundToBf16(2 - 0.5f * kUlp), 2);
}

TEST(Bf16Test, KeepsWhatIsNotANumber) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(RoundToBf16(kInfinity), kInfinity);
  EXPECT_EQ(RoundToBf16(-kInfinity), -kInfinity);
  EXPECT_EQ(RoundToBf16(std::numeric_limits<float>::max()), kInfinity);
  EXPECT_TRUE(std::isnan(RoundToBf16(std::nanf(""))));
  EXPECT_TRUE(std::isnan(FromBf16(0x7F81)));
  float all_ones;
  const uint32_t bits = 0xFFFFFFFF;
  std::memcpy(&all_ones, &bits, sizeof(bits));
  EXPECT_TRUE(std::isnan(RoundToBf16(all_ones)));
  EXPECT_TRUE(std::signbit(RoundToBf16(-0.0f)));
}

}  // namespace
}  // namespace tamp
