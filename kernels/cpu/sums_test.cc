#include "kernels/cpu/sums.h"

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "gtest/gtest.h"
#include "hwy/highway.h"

namespace tamp {
namespace {

std::vector<float> Ones(int64_t size) { return std::vector<float>(size, 1); }

TEST(SumsTest, ExactOnWholeNumbersOfAnyCount) {
  for (int64_t size = 0; size < 70; ++size) {
    std::vector<float> x, y;
    double sum = 0, products = 0, squares = 0, around = 0;
    for (int64_t i = 0; i < size; ++i) {
      x.push_back(i * i - 7);
      y.push_back(3 - i);
      sum += x[i];
      products += double{x[i]} * y[i];
      squares += (x[i] - 2.5) * (x[i] - 2.5);
      around += y[i] * (x[i] - 2.5);
    }
    EXPECT_EQ(Sum(x.data(), size), sum);
    EXPECT_EQ(SumOfProducts(x.data(), y.data(), size), products);
    EXPECT_EQ(SumOfSquaresAround(2.5, x.data(), size), squares);
    const GradSums sums = SumGrads(y.data(), x.data(), 2.5, size);
    EXPECT_EQ(sums.grads, SumOfProducts(y.data(), Ones(size).data(), size));
    EXPECT_EQ(sums.products, around);
  }
}

TEST(SumsTest, KeepsSmallTermsBesideALargeOne) {
  std::vector<float> x(1001, 1), ones(1001, 1);
  x[0] = 1e8f;  // in float, 1e8 + 1 is 1e8
  EXPECT_EQ(Sum(x.data(), 1001), 1e8 + 1000);
  EXPECT_EQ(SumOfProducts(x.data(), ones.data(), 1001), 1e8 + 1000);
}

// All sums of numbers whose last bits depend on the order and on how often is
// rounded.
std::vector<double> SumsOfRandomNumbers() {
  std::vector<double> sums;
  for (int64_t size = 0; size < 70; ++size) {
    RandomStream random(size);
    std::vector<float> x(size), y(size);
    for (auto* values : {&x, &y}) {
      for (float& value : *values) value = random.Uniform(-1, 2);
    }
    const GradSums grads = SumGrads(y.data(), x.data(), 1.0 / 3, size);
    for (const double sum :
         {Sum(x.data(), size), SumOfProducts(x.data(), y.data(), size),
          SumOfSquaresAround(1.0 / 3, x.data(), size), grads.grads,
          grads.products}) {
      sums.push_back(sum);
    }
  }
  return sums;
}

TEST(SumsTest, SameBitsOnEachInstructionSet) {
  const std::vector<double> sums = SumsOfRandomNumbers();
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    EXPECT_EQ(SumsOfRandomNumbers(), sums);
  }
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace
}  // namespace tamp
