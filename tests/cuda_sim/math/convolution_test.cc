#include "tests/cuda_sim/math/convolution.h"

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace cuda_sim {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::Pointwise;

// On paper: x is 1..9, the filter 1 2 / 3 4.
constexpr ConvolutionSizes kSmall = {{1, 1, 3, 3}, {1, 1, 2, 2}, {1, 1, 2, 2},
                                     {0, 0},       {1, 1},       {1, 1}};
const std::vector<double> kDigits = {1, 2, 3, 4, 5, 6, 7, 8, 9};
const std::vector<double> kFilter = {1, 2, 3, 4};

TEST(ConvolutionTest, IsWhatOneComputesByHand) {
  EXPECT_THAT(Convolve(kSmall, kDigits, kFilter), ElementsAre(37, 47, 67, 77));
  EXPECT_THAT(InputGradient(kSmall, {1, 0, 0, 10}, kFilter),
              ElementsAre(1, 2, 0, 3, 14, 20, 0, 30, 40));
  EXPECT_THAT(FilterGradient(kSmall, kDigits, {1, 0, 0, 10}),
              ElementsAre(51, 62, 84, 95));
}

TEST(ConvolutionTest, FlipsTheFilterIfAsked) {
  ConvolutionSizes sizes = kSmall;
  sizes.is_flipped = true;
  EXPECT_THAT(Convolve(sizes, kDigits, kFilter),
              ElementsAreArray(Convolve(kSmall, kDigits, {4, 3, 2, 1})));
}

int64_t Count(const std::array<int64_t, 4>& extents) {
  return extents[0] * extents[1] * extents[2] * extents[3];
}

// The definition: act(offset in x, in w, in y) for each product.
template <typename Act>
void ForEachProduct(const ConvolutionSizes& s, Act act) {
  const int64_t per_group = s.w[0] / s.num_groups();
  for (int64_t i = 0; i < Count(s.y); ++i) {
    const int64_t q = i % s.y[3], p = i / s.y[3] % s.y[2];
    const int64_t k = i / (s.y[3] * s.y[2]) % s.y[1];
    const int64_t n = i / (s.y[3] * s.y[2] * s.y[1]);
    for (int64_t j = 0; j < s.w[1] * s.w[2] * s.w[3]; ++j) {
      const int64_t column = j % s.w[3], row = j / s.w[3] % s.w[2];
      const int64_t c = j / (s.w[3] * s.w[2]) + k / per_group * s.w[1];
      const int64_t h = p * s.stride[0] + row * s.dilation[0] - s.pad[0];
      const int64_t v = q * s.stride[1] + column * s.dilation[1] - s.pad[1];
      if (h < 0 || h >= s.x[2] || v < 0 || v >= s.x[3]) continue;
      act(((n * s.x[1] + c) * s.x[2] + h) * s.x[3] + v,
          k * s.w[1] * s.w[2] * s.w[3] + j, i);
    }
  }
}

std::vector<double> Random(int64_t count, uint64_t seed) {
  RandomStream stream(seed);
  std::vector<double> values(count);
  for (double& value : values) value = stream.Uniform(-0.5, 0.5);
  return values;
}

class ConvolutionSizesTest : public testing::TestWithParam<ConvolutionSizes> {};

TEST_P(ConvolutionSizesTest, AllThreeAreTheDefinition) {
  const ConvolutionSizes& sizes = GetParam();
  const std::vector<double> x = Random(Count(sizes.x), 1);
  const std::vector<double> w = Random(Count(sizes.w), 2);
  const std::vector<double> dy = Random(Count(sizes.y), 3);
  std::vector<double> y(dy.size()), dx(x.size()), dw(w.size());
  ForEachProduct(sizes, [&](int64_t in_x, int64_t in_w, int64_t in_y) {
    y[in_y] += x[in_x] * w[in_w];
    dx[in_x] += dy[in_y] * w[in_w];
    dw[in_w] += x[in_x] * dy[in_y];
  });
  EXPECT_THAT(Convolve(sizes, x, w), Pointwise(DoubleNear(1e-12), y));
  EXPECT_THAT(InputGradient(sizes, dy, w), Pointwise(DoubleNear(1e-12), dx));
  EXPECT_THAT(FilterGradient(sizes, x, dy), Pointwise(DoubleNear(1e-12), dw));
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, ConvolutionSizesTest,
    testing::Values(
        kSmall,
        // Padded, rows longer than the vectors of a dot product.
        ConvolutionSizes{
            {2, 3, 5, 11}, {4, 3, 3, 3}, {2, 4, 5, 11}, {1, 1}, {1, 1}, {1, 1}},
        // Strides, dilations and padding that differ, and end apart.
        ConvolutionSizes{
            {2, 2, 9, 8}, {3, 2, 3, 2}, {2, 3, 3, 9}, {0, 2}, {2, 1}, {2, 3}},
        ConvolutionSizes{
            {1, 4, 7, 7}, {6, 2, 1, 1}, {1, 6, 4, 3}, {0, 0}, {2, 3}, {1, 1}},
        // A padding wider than the filter and x: whole rows see nothing.
        ConvolutionSizes{
            {1, 1, 2, 1}, {1, 1, 2, 1}, {1, 1, 9, 7}, {4, 3}, {1, 1}, {1, 1}}));

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
