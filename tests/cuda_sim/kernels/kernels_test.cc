// Kernels as they are for nvcc, on the simulator, over sizes that do not fit
// warps and blocks and in all orders. What they must give is computed in plain
// loops, or by the definitions that CPUs use.

#include <cmath>
#include <cstdint>
#include <limits>
#include <tuple>
#include <vector>

#include "core/rng.h"
#include "gtest/gtest.h"
#include "kernels/dropout_mask.h"
#include "kernels/moments.h"
#include "tests/cuda_sim/kernels/block_sum.cuh"
#include "tests/cuda_sim/kernels/channel_moments.cuh"
#include "tests/cuda_sim/kernels/dropout.cuh"
#include "tests/cuda_sim/kernels/elementwise.cuh"
#include "tests/cuda_sim/kernels/histogram.cuh"
#include "tests/cuda_sim/kernels/stencil.cuh"
#include "tests/cuda_sim/launch.h"
#include "tests/cuda_sim/options.h"

namespace tamp {
namespace {

constexpr float kUnwritten = std::numeric_limits<float>::quiet_NaN();

std::vector<float> RandomValues(int n) {
  RandomStream random(7);
  std::vector<float> values(n);
  for (float& value : values) value = random.Uniform(-1, 1);
  return values;
}

unsigned Blocks(int n, int threads) { return (n + threads - 1) / threads; }

class KernelTest : public testing::TestWithParam<cuda_sim::Options> {
 protected:
  const cuda_sim::ScopedOptions options_{GetParam()};
};

TEST_P(KernelTest, StrideLoopReachesEveryElementOnce) {
  for (const int n : {1, 31, 33, 49, 37 * 49, 1000}) {
    for (const unsigned blocks : {1u, 2u, 7u}) {
      const std::vector<float> x = RandomValues(n);
      std::vector<float> y(n, kUnwritten);
      LaunchKernel(Multiply, {blocks, 96}, x.data(), 3, y.data(), n);
      for (int i = 0; i < n; ++i) ASSERT_EQ(y[i], 3 * x[i]) << i << " of " << n;
    }
  }
}

TEST_P(KernelTest, SumsRows) {
  for (const int rows : {1, 10}) {
    for (const int columns : {1, 12, 49, 128, 37 * 49}) {
      const std::vector<float> x = RandomValues(rows * columns);
      std::vector<float> sums(rows, kUnwritten);
      LaunchKernel(SumRows<128>, {static_cast<unsigned>(rows), 128}, x.data(),
                   sums.data(), columns);
      for (int row = 0; row < rows; ++row) {
        double sum = 0;
        for (int i = 0; i < columns; ++i) sum += x[row * columns + i];
        EXPECT_NEAR(sums[row], sum, 1e-6 * columns) << row << " of " << columns;
      }
    }
  }
}

TEST_P(KernelTest, MomentsOfChannels) {
  // Images, channels, pixels, parts of a channel.
  const std::tuple<int, int, int, int> cases[] = {
      {1, 1, 1, 1}, {1, 37, 49, 2}, {3, 12, 49, 3}, {5, 2, 64, 4}};
  for (const auto& [num, channels, pixels, parts] : cases) {
    std::vector<float> x = RandomValues(num * channels * pixels);
    for (float& value : x) value += 100;  // the mean is large
    std::vector<Moments> partial(channels * parts, {kUnwritten, 0, 0});
    std::vector<float> means(channels, kUnwritten), variances = means;
    LaunchKernel(PartMoments, {dim3(parts, channels), 64}, x.data(),
                 partial.data(), num, channels, pixels);
    LaunchKernel(AddPartMoments, {Blocks(channels, 32), 32}, partial.data(),
                 parts, means.data(), variances.data(), channels);
    for (int c = 0; c < channels; ++c) {
      double sum = 0, squares = 0;
      const auto at = [&, num = num, channels = channels,
                       pixels = pixels](int i) -> double {
        return x[(i / pixels * channels + c) * pixels + i % pixels];
      };
      const int count = num * pixels;
      for (int i = 0; i < count; ++i) sum += at(i);
      for (int i = 0; i < count; ++i)
        squares += std::pow(at(i) - sum / count, 2);
      EXPECT_FLOAT_EQ(means[c], sum / count);
      EXPECT_NEAR(variances[c], squares / count, 1e-6);
    }
  }
}

TEST_P(KernelTest, DropsWhatTheCpuDrops) {
  const DropoutMask mask = {DeriveKey(3, "dropout"), 5, DropoutThreshold(0.2f),
                            1.25f};
  for (const int n : {1, 31, 65, 37 * 49}) {
    const std::vector<float> x = RandomValues(n);
    std::vector<float> y(n, kUnwritten);
    std::vector<uint32_t> kept(Blocks(n, 32), 0);
    LaunchKernel(Dropout, {Blocks(n, 96), 96}, x.data(), mask, y.data(),
                 kept.data(), n);
    for (int i = 0; i < n; ++i) {
      ASSERT_EQ(y[i], mask.Factor(i) * x[i]) << i;
      ASSERT_EQ(kept[i / 32] >> i % 32 & 1, mask.Factor(i) != 0) << i;
    }
    if (n % 32 != 0) {
      EXPECT_EQ(kept.back() >> n % 32, 0u);
    }
  }
}

TEST_P(KernelTest, CountsLabels) {
  constexpr int kClasses = 37;
  for (const int n : {1, 49, 700}) {
    std::vector<int> labels(n), counts(kClasses, 0), expected(kClasses, 0);
    for (int i = 0; i < n; ++i) labels[i] = i * i % kClasses;
    for (const int label : labels) ++expected[label];
    LaunchKernel(Histogram<kClasses>, {Blocks(n, 128), 64}, labels.data(), n,
                 counts.data());
    EXPECT_EQ(counts, expected) << n;
  }
}

TEST_P(KernelTest, AddsNeighborsAcrossTiles) {
  for (const int columns : {1, 12, 40, 49, 125}) {
    constexpr int kRows = 3, kThreads = 40;  // the last warp is partial
    const std::vector<float> x = RandomValues(kRows * columns);
    std::vector<float> y(x.size(), kUnwritten);
    LaunchKernel(AddNeighbors,
                 {dim3(Blocks(columns, kThreads), kRows), kThreads,
                  (kThreads + 2) * sizeof(float)},
                 x.data(), y.data(), columns);
    for (int i = 0; i < kRows * columns; ++i) {
      const float left = i % columns > 0 ? x[i - 1] : 0;
      const float right = i % columns + 1 < columns ? x[i + 1] : 0;
      ASSERT_EQ(y[i], left + x[i] + right) << i << " of " << columns;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, KernelTest,
                         testing::ValuesIn(cuda_sim::AllOrders()));

}  // namespace
}  // namespace tamp
