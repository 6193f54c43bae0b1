#include "tests/cuda_sim/math/elements.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace cuda_sim {
namespace {

using testing::ElementsAre;

// 1 x 2 x 1 x 3, the two rows 5 apart, each second element.
constexpr Layout kSpread = {{1, 2, 1, 3}, {99, 5, 99, 2}};

TEST(ElementsTest, ReadsWhereTheyLie) {
  const std::vector<float> data = {0, -1, 1, -1, 2, 5, -1, 6, -1, 7};
  EXPECT_EQ(kSpread.num_elements(), 6);
  EXPECT_EQ(kSpread.span(), 10);
  EXPECT_THAT(ReadElements(ElementType::kFloat, kSpread, data.data(),
                           Operands::kAsTheyAre),
              ElementsAre(0, 1, 2, 5, 6, 7));
}

TEST(ElementsTest, WritesOnlyWhereTheyLie) {
  std::vector<float> data(10, -1);
  WriteElements(ElementType::kFloat, kSpread, {0, 1, 2, 5, 6, 7}, data.data());
  EXPECT_THAT(data, ElementsAre(0, -1, 1, -1, 2, 5, -1, 6, -1, 7));
}

TEST(ElementsTest, KnowsTheSmallTypes) {
  constexpr Layout kTwo = {{1, 1, 1, 2}, {2, 2, 2, 1}};
  std::vector<uint16_t> data(2);
  WriteElements(ElementType::kHalf, kTwo, {1, -2}, data.data());
  EXPECT_THAT(data, ElementsAre(0x3c00, 0xc000));
  EXPECT_THAT(
      ReadElements(ElementType::kHalf, kTwo, data.data(), Operands::kAsTheyAre),
      ElementsAre(1, -2));
  WriteElements(ElementType::kBfloat16, kTwo, {1, -2}, data.data());
  EXPECT_THAT(data, ElementsAre(0x3f80, 0xc000));
  EXPECT_THAT(ReadElements(ElementType::kBfloat16, kTwo, data.data(),
                           Operands::kAsTheyAre),
              ElementsAre(1, -2));
  EXPECT_EQ(SizeOf(ElementType::kFloat), 4u);
  EXPECT_EQ(SizeOf(ElementType::kHalf), 2u);
  EXPECT_EQ(SizeOf(ElementType::kBfloat16), 2u);
}

TEST(ElementsTest, RoundsOperandsToTf32) {
  const float ulp = std::ldexp(1.f, -10);
  EXPECT_EQ(RoundToTf32(1 + 0.49f * ulp), 1);
  EXPECT_EQ(RoundToTf32(1 + 0.5f * ulp), 1 + ulp);
  EXPECT_EQ(RoundToTf32(-(1 + 0.5f * ulp)), -(1 + ulp));
  EXPECT_EQ(RoundToTf32(2 - 0.25f * ulp), 2);
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(RoundToTf32(-infinity), -infinity);
  EXPECT_TRUE(std::isnan(RoundToTf32(std::nanf(""))));

  const float value = 1 + 0.25f * ulp;
  constexpr Layout kOne = {{1, 1, 1, 1}, {1, 1, 1, 1}};
  EXPECT_THAT(ReadElements(ElementType::kFloat, kOne, &value, Operands::kTf32),
              ElementsAre(1));
  EXPECT_THAT(
      ReadElements(ElementType::kFloat, kOne, &value, Operands::kAsTheyAre),
      ElementsAre(value));
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
