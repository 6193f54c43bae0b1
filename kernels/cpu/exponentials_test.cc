#include "kernels/cpu/exponentials.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "hwy/highway.h"

namespace tamp {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

class ExponentialsTest : public testing::TestWithParam<int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(ExponentialsTest, AreThoseOfDoubles) {
  constexpr float kLargest = 3.25f, kCanary = -7;
  for (const int64_t size : {0, 1, 3, 4, 7, 8, 10, 15, 16, 17, 33, 1000}) {
    std::vector<float> x(size), y(size + 1, kCanary);
    for (int64_t i = 0; i < size; ++i) {
      x[i] = kLargest - 100.0f * float(i) / float(size);
    }
    ExponentialsBelow(kLargest, x.data(), size, y.data());
    for (int64_t i = 0; i < size; ++i) {
      const double expected = std::exp(double{x[i]} - kLargest);
      // The last of them are denormal: they may be 0.
      EXPECT_NEAR(y[i], expected, 1e-6 * expected + 1.2e-38) << x[i];
    }
    EXPECT_EQ(y[size], kCanary);
  }
}

TEST_P(ExponentialsTest, InPlaceAndAtTheEnds) {
  std::vector<float> x = {0, -kInfinity, -1000, 2,
                          std::numeric_limits<float>::quiet_NaN()};
  ExponentialsBelow(2, x.data(), 5, x.data());
  EXPECT_EQ(x[1], 0);
  EXPECT_EQ(x[2], 0);
  EXPECT_EQ(x[3], 1);
  EXPECT_TRUE(std::isnan(x[4]));
  // Infinity above itself is no number.
  std::vector<float> infinite = {kInfinity, 1};
  ExponentialsBelow(kInfinity, infinite.data(), 2, infinite.data());
  EXPECT_TRUE(std::isnan(infinite[0]));
  EXPECT_EQ(infinite[1], 0);
}

INSTANTIATE_TEST_SUITE_P(Targets, ExponentialsTest,
                         testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& info) {
                           return hwy::TargetName(info.param);
                         });

}  // namespace
}  // namespace tamp
