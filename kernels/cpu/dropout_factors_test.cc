#include "kernels/cpu/dropout_factors.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "gtest/gtest.h"
#include "kernels/dropout_mask.h"

namespace tamp {
namespace {

TEST(DropoutMaskTest, IsTheGeneratorsBlocksOfFour) {
  DropoutMask mask;
  mask.key = DeriveKey(7, "drop");
  mask.step = 3;
  mask.threshold = DropoutThreshold(0.5f);
  mask.kept = 2;
  EXPECT_EQ(mask.threshold, 0x80000000u);
  for (int64_t i = 0; i < 16; ++i) {
    const bool kept = Philox(mask.key, 3, i / 4)[i % 4] >= 0x80000000u;
    EXPECT_EQ(mask.Factor(i), kept ? 2 : 0);
  }
}

TEST(DropoutMaskTest, DropsTheAskedShare) {
  for (const float ratio : {0.0f, 0.2f, 0.5f, 0.95f}) {
    DropoutMask mask;
    mask.key = DeriveKey(1, "drop");
    mask.threshold = DropoutThreshold(ratio);
    const int64_t count = 100000;
    std::vector<float> factors(count);
    DropoutFactors(mask, 0, count, factors.data());
    int64_t dropped = 0;
    for (const float factor : factors) dropped += factor == 0;
    // Within four standard deviations.
    const double deviation = std::sqrt(count * ratio * (1.0 - ratio));
    EXPECT_NEAR(dropped, count * double{ratio}, 4 * deviation);
  }
}

TEST(DropoutFactorsTest, EqualTheDefinitionForAnyRange) {
  DropoutMask mask;
  mask.key = 0xFEDCBA9876543210;
  mask.step = 0x123456789;  // more than 32 bits
  mask.threshold = DropoutThreshold(0.3f);
  mask.kept = 1 / 0.7f;
  // Around 2^34 the counter of blocks leaves 32 bits.
  for (const int64_t start : {int64_t{0}, (int64_t{1} << 34) - 150}) {
    for (int64_t offset = 0; offset < 6; ++offset) {
      for (const int64_t count : {0, 1, 3, 4, 5, 127, 128, 129, 131, 400}) {
        std::vector<float> factors(count + 1, -1);
        DropoutFactors(mask, start + offset, count, factors.data());
        for (int64_t i = 0; i < count; ++i) {
          ASSERT_EQ(factors[i], mask.Factor(start + offset + i))
              << start << " + " << offset << " + " << i;
        }
        EXPECT_EQ(factors[count], -1);  // nothing behind the range
      }
    }
  }
}

TEST(DropoutFactorsTest, DifferByLayerStepAndSeed) {
  DropoutMask a, b, c, d;
  a.key = DeriveKey(1, "block1/1/drop");
  b.key = DeriveKey(1, "block1/2/drop");
  c.key = DeriveKey(2, "block1/1/drop");
  d.key = a.key;
  d.step = 1;
  std::vector<std::vector<float>> all;
  for (DropoutMask* mask : {&a, &b, &c, &d}) {
    mask->threshold = DropoutThreshold(0.5f);
    all.emplace_back(1000);
    DropoutFactors(*mask, 0, 1000, all.back().data());
  }
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      int equal = 0;
      for (int k = 0; k < 1000; ++k) equal += all[i][k] == all[j][k];
      EXPECT_NEAR(equal, 500, 80);  // five standard deviations
    }
  }
}

}  // namespace
}  // namespace tamp
