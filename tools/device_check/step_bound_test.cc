#include "tools/device_check/step_bound.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

using testing::HasSubstr;

constexpr GpuCard kCard = {"card", 1e9, 2e9, 4e9, 8e9};

// Of each launch the slower of memory and arithmetic counts.
TEST(StepBoundTest, SumsTheSlowerOfEachLaunch) {
  const std::vector<Launch> launches = {
      {Launch::Kind::kKernel, "a", "load", 3000000000},
      {Launch::Kind::kProduct, "a", "convolve", 1000000000, 5000000000,
       DevicePrecision::kFp32}};
  const StepBound bound = BoundOf(launches, kCard);
  EXPECT_DOUBLE_EQ(bound.memory_seconds, 4);
  EXPECT_DOUBLE_EQ(bound.arithmetic_seconds, 5);
  EXPECT_DOUBLE_EQ(bound.seconds, 8);
}

TEST(StepBoundTest, ProductsRunAtTheRateOfTheirPrecision) {
  const auto seconds = [](DevicePrecision precision) {
    return BoundOf({{Launch::Kind::kProduct, "a", "convolve", 0, 4000000000,
                     precision}},
                   kCard)
        .seconds;
  };
  EXPECT_DOUBLE_EQ(seconds(DevicePrecision::kFp32), 4);
  EXPECT_DOUBLE_EQ(seconds(DevicePrecision::kTf32), 2);
  EXPECT_DOUBLE_EQ(seconds(DevicePrecision::kBf16), 1);
  EXPECT_DOUBLE_EQ(seconds(DevicePrecision::kFp16), 1);
}

TEST(StepBoundTest, TextHasTotalsAndLaunches) {
  const std::vector<Launch> launches = {
      {Launch::Kind::kKernel, "a", "load", 2000000},
      {Launch::Kind::kKernel, "b", "load", 1000000},
      {Launch::Kind::kProduct, "b", "convolve", 350000, 7000000}};
  const std::string text = BoundText(launches, 1e-3);
  EXPECT_THAT(text, HasSubstr("load             2  3.0"));
  EXPECT_THAT(text, HasSubstr("all              3  3.4             0.01\n"));
  // 3.35 MB at 3.35 TB/s, and three launches of 1 ms.
  EXPECT_THAT(text, HasSubstr("H100 SXM           0.00        0.00  0.00"));
  EXPECT_THAT(text, HasSubstr("          3.00\n"));
}

}  // namespace
}  // namespace tamp
