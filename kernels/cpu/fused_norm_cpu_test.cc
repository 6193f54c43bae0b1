#include "kernels/cpu/fused_norm_cpu.h"

#include <cmath>
#include <limits>
#include <vector>

#include "core/rng.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/fused_norm.h"
#include "kernels/fused_norm_reference.h"
#include "tests/util/tensor_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// One channel of mean 4 and variance 3, eps 1, gamma 2 and beta -1.
struct Norm {
  std::vector<float> statistics = {4, 3}, gamma = {2}, beta = {-1};
  std::vector<float> running_mean = {1}, running_variance = {2};
  std::vector<float> running_weight = {1};
  std::vector<float> terms = {kNan, kNan, kNan, kNan};

  FusedNormForwardArgs<float> args() {
    FusedNormForwardArgs<float> args;
    args.statistics = statistics.data();
    args.gamma = gamma.data();
    args.beta = beta.data();
    args.running_mean = running_mean.data();
    args.running_variance = running_variance.data();
    args.moving_average_fraction = 0.5f;
    args.eps = 1;
    args.terms = terms.data();
    return args;
  }
};

TEST(FusedNormCpuTest, NormalizesByStatisticsAndMovesTheAverages) {
  Norm norm;
  PrepareFusedNorm(norm.args(), 1, 4);
  EXPECT_THAT(norm.terms, ElementsAre(1, -5, 4, 0.5));
  EXPECT_THAT(norm.running_mean, ElementsAre(2.5));
  EXPECT_THAT(norm.running_variance, ElementsAre(3));  // unbiased it is 4
}

TEST(FusedNormCpuTest, KeepsAWeightedMean) {
  Norm norm;
  FusedNormForwardArgs<float> args = norm.args();
  args.running_weight = norm.running_weight.data();
  PrepareFusedNorm(args, 1, 4);
  EXPECT_THAT(norm.running_weight, ElementsAre(1.5));
  EXPECT_THAT(norm.running_mean, ElementsAre(FloatNear(3, 1e-6)));
  EXPECT_THAT(norm.running_variance, ElementsAre(FloatNear(10 / 3.0f, 1e-6)));
}

TEST(FusedNormCpuTest, UpdatesNothingWhenItRunsAgain) {
  Norm norm;
  FusedNormForwardArgs<float> args = norm.args();
  args.running_weight = norm.running_weight.data();
  args.is_recomputation = true;
  PrepareFusedNorm(args, 1, 4);
  EXPECT_THAT(norm.terms, ElementsAre(1, -5, 4, 0.5));
  EXPECT_THAT(norm.running_weight, ElementsAre(1));
  EXPECT_THAT(norm.running_mean, ElementsAre(1));
  EXPECT_THAT(norm.running_variance, ElementsAre(2));
}

TEST(FusedNormCpuTest, RunningStatisticsServe) {
  Norm norm;
  norm.running_variance = {3};
  FusedNormForwardArgs<float> args = norm.args();
  args.statistics = nullptr;
  args.running_weight = norm.running_weight.data();
  PrepareFusedNorm(args, 1, 4);
  EXPECT_THAT(norm.terms, ElementsAre(1, -2, 1, 0.5));
  EXPECT_THAT(norm.running_weight, ElementsAre(1));
  EXPECT_THAT(norm.running_mean, ElementsAre(1));
  EXPECT_THAT(norm.running_variance, ElementsAre(3));
}

TEST(FusedNormCpuTest, StoresGradientsAsTheirModesSay) {
  const std::vector<float> gamma = {9, 2};
  std::vector<float> dgamma = {kNan, kNan}, dbeta = {kNan, 1};
  std::vector<float> sums = {kNan, kNan, kNan, kNan};
  FusedNormBackwardArgs<float> args;
  EXPECT_FALSE(WantsSums(args));
  args.gamma = gamma.data();
  args.dgamma = dgamma.data();
  args.dgamma_mode = GradMode::kWrite;
  args.dbeta = dbeta.data();
  args.dbeta_mode = GradMode::kAdd;
  EXPECT_TRUE(WantsSums(args));
  StoreFusedNormGrads(args, 1, 3, 5);
  EXPECT_EQ(dgamma[1], 3);
  EXPECT_EQ(dbeta[1], 6);
  args = {};
  args.gamma = gamma.data();
  args.statistics_grad = sums.data();
  args.statistics_grad_mode = GradMode::kWrite;
  EXPECT_TRUE(WantsSums(args));
  StoreFusedNormGrads(args, 1, 3, 5);
  EXPECT_TRUE(std::isnan(sums[0]) && std::isnan(sums[1]));
  EXPECT_EQ(sums[2], 10);
  EXPECT_EQ(sums[3], 6);
}

// inv_std is 0.5; (7 - 4) * 0.5 is 1.5:
// 0.5 * (10 - 8 / 4 - 1.5 * 12 / 4) = 1.75.
TEST(FusedNormCpuTest, FinishesByHand) {
  const std::vector<float> statistics = {4, 3}, grad = {8, 12};
  const FinishingArgs<float> args = {statistics.data(), grad.data(), 1};
  float p, q, r;
  PrepareFinishing(args, 1, 4, {&p, &q, &r});
  EXPECT_EQ(p * 10 + q * 7 + r, 1.75);
  EXPECT_EQ(FinishedGradReference(args, 0, 4, 10, 7), 1.75);
}

TEST(FusedNormCpuTest, EqualsReference) {
  constexpr int64_t kChannels = 7, kCount = 35;
  RandomStream random(3);
  const auto fill = [&](int64_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = 0.25f + random.Uniform();
    return values;
  };
  for (const bool has_weight : {false, true}) {
    Norm norm = {fill(2 * kChannels),
                 fill(kChannels),
                 fill(kChannels),
                 fill(kChannels),
                 fill(kChannels),
                 fill(1),
                 fill(NumFusedNormTerms(kChannels))};
    Norm expected = norm;
    for (Norm* of : {&norm, &expected}) {
      FusedNormForwardArgs<float> args = of->args();
      if (has_weight) args.running_weight = of->running_weight.data();
      if (of == &norm) {
        PrepareFusedNorm(args, kChannels, kCount);
      } else {
        PrepareFusedNormReference(args, kChannels, kCount);
      }
    }
    EXPECT_TRUE(AllClose(norm.terms, expected.terms, 4));
    EXPECT_TRUE(AllClose(norm.running_weight, expected.running_weight, 4));
    EXPECT_TRUE(AllClose(norm.running_mean, expected.running_mean, 4));
    EXPECT_TRUE(AllClose(norm.running_variance, expected.running_variance, 4));
  }
}

}  // namespace
}  // namespace tamp
