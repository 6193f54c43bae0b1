// The definition: numbers by hand, and gradients against differences.

#include "layers/fused_convolution/fused_convolution_reference.h"

#include "core/rng.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_convolution/fused_convolution_test_cases.h"
#include "layers/fused_convolution/fused_convolution_test_problem.h"
#include "tests/util/fused_norm_gradients.h"
#include "tests/util/gradient_check.h"
#include "tests/util/test_maps.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using Problem = FusedConvolutionProblem<double>;

// With the eps of problems, 1/64, deviations of 1, 1/2 and 2.
constexpr double kVarianceOfOne = 1 - 1.0 / 64;
constexpr double kVarianceOfHalf = 0.25 - 1.0 / 64;
constexpr double kVarianceOfTwo = 4 - 1.0 / 64;

TEST(FusedConvolutionReferenceTest, NormalizesAndConvolvesByHand) {
  FusedConvolutionOptions options = Options(1, 1, 2, 2, 1, 3);
  options.normalizes = true;
  options.has_statistics = true;
  Problem problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({1, 2, 3, 4});
  problem.statistics = {2.5, kVarianceOfHalf};
  problem.gamma = {1};  // scale is 2, shift -4: z is 0 0 2 4
  problem.beta = {1};
  problem.w = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  FusedConvolutionForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.terms, ElementsAre(2, -4, 2.5, 2));
  EXPECT_THAT(problem.y.tensor().ToVector(), ElementsAre(52, 46, 34, 28));
  EXPECT_THAT(problem.y_statistics, ElementsAre(40, 90));

  // inv_std is 2: dy = 2 * (g - 12 / 4 - (y - 50) * 2 * -0.5 / 4).
  problem.y_statistics = {50, kVarianceOfHalf};
  problem.y_statistics_grad = {12, -0.5};
  problem.g.tensor().FromVector({3, 0, 0, 0});
  problem.y.tensor().FromVector({52, 62, 62, 62});  // dy is 1 0 0 0
  FusedConvolutionBackwardReference(options, problem.backward_args());
  // dz is 5 6 8 9, of which the mask leaves the last two.
  EXPECT_THAT(problem.dx.tensor().ToVector(), ElementsAre(0, 0, 8, 9));
  EXPECT_THAT(problem.dgamma, ElementsAre(8 * 0.5 * 2 + 9 * 1.5 * 2));
  EXPECT_THAT(problem.dbeta, ElementsAre(17));
  EXPECT_THAT(problem.statistics_grad, ElementsAre(17, 35));
  EXPECT_THAT(problem.dw, ElementsAre(0, 0, 0, 0, 0, 0, 0, 2, 4));
}

TEST(FusedConvolutionReferenceTest, NormGradientsFollowTheirModes) {
  FusedConvolutionOptions options = Options(1, 1, 1, 2, 1, 1);
  options.normalizes = true;
  Problem problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({3, 5});
  problem.statistics = {2, kVarianceOfOne};
  problem.gamma = {2};  // z is 2 6
  problem.beta = {0};
  problem.w = {1};
  FusedConvolutionForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(), ElementsAre(2, 6));
  problem.g.tensor().FromVector({10, 100});
  problem.set_norm_modes(GradMode::kAdd, GradMode::kWrite, GradMode::kAdd);
  problem.dgamma = {1000};
  problem.statistics_grad = {1000, 2000};
  FusedConvolutionBackwardReference(options, problem.backward_args());
  EXPECT_THAT(problem.dx.tensor().ToVector(), ElementsAre(20, 200));
  EXPECT_THAT(problem.dgamma, ElementsAre(1310));
  EXPECT_THAT(problem.dbeta, ElementsAre(110));
  EXPECT_THAT(problem.statistics_grad, ElementsAre(1220, 2620));
}

TEST(FusedConvolutionReferenceTest, RunningStatisticsFollowOnceAStep) {
  FusedConvolutionOptions options = Options(1, 1, 2, 2, 1, 1);
  options.normalizes = true;
  Problem problem(options, MapOrder::kDense);
  problem.statistics = {2, 3};
  problem.running_mean = {1};
  problem.running_variance = {1};
  for (const bool is_recomputation : {false, true}) {
    problem.is_recomputation = is_recomputation;
    FusedConvolutionForwardReference(options, problem.forward_args());
    // A quarter of the batch's, whose unbiased variance is 4.
    EXPECT_THAT(problem.running_mean, ElementsAre(1.25));
    EXPECT_THAT(problem.running_variance, ElementsAre(1.75));
  }
}

TEST(FusedConvolutionReferenceTest, NormalizesItsOutputByHand) {
  FusedConvolutionOptions options = Options(1, 1, 1, 2, 2, 1);
  options.shifts_output = true;
  options.rectifies_output = true;
  Problem problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({1, 2});
  problem.w = {1, 10};
  problem.y_running_mean = {1, 12};
  problem.y_running_variance = {kVarianceOfOne, kVarianceOfTwo};
  problem.y_gamma = {3, 4};
  problem.y_beta = {5, -6};
  FusedConvolutionForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(),
              ElementsAre(0 * 3 + 5, 1 * 3 + 5, 0, 8 / 2 * 4 - 6));
}

TEST(FusedConvolutionReferenceTest, PoolsAndDropsByHand) {
  FusedConvolutionOptions options = Options(1, 2, 3, 2, 1, 1);
  options.pools = true;
  options.drops = true;
  Problem problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({1, 2, 3, 4, 99, 99, 1, -1, 2, 2, 99, 99});
  problem.w = {10, 100};
  problem.mask.threshold = 0;  // keeps all
  problem.mask.kept = 2;
  FusedConvolutionForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(),
              ElementsAre(2 * (10 * 2.5 + 100 * 1)));

  problem.g.tensor().FromVector({4});
  problem.set_dx_mode(GradMode::kAdd);
  problem.set_dw_mode(GradMode::kAdd);
  problem.dx.tensor().Fill(1);
  problem.dw = {1, 1};
  FusedConvolutionBackwardReference(options, problem.backward_args());
  EXPECT_THAT(problem.dx.tensor().ToVector(),
              ElementsAre(21, 21, 21, 21, 1, 1, 201, 201, 201, 201, 1, 1));
  EXPECT_THAT(problem.dw, ElementsAre(1 + 8 * 2.5, 1 + 8 * 1));
}

TEST(FusedConvolutionReferenceTest, GathersByHand) {
  FusedConvolutionOptions options = Options(1, 1, 3, 3, 1, 2);
  options.gathers = true;
  options.stride = 2;
  options.pad = 1;
  Problem problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({1, 2, 3, 4, 5, 6, 7, 8, 9});
  problem.w = {1, 10, 100, 1000};
  FusedConvolutionForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(),
              ElementsAre(1000, 3200, 7040, 9865));
}

class FusedConvolutionGradientTest
    : public testing::TestWithParam<FusedConvolutionOptions> {};

TEST_P(FusedConvolutionGradientTest, EqualsDifferences) {
  const FusedConvolutionOptions& options = GetParam();
  Problem problem(options, MapOrder::kDense);
  RandomStream random(4);
  problem.x.tensor().FillRandom(&random);
  for (double& value : problem.gamma) value = random.Uniform(0.5, 1.5);
  for (double& value : problem.beta) value = random.Uniform(-1, 1);
  FusedNormChecks checks;
  checks.normalizes = options.normalizes;
  checks.has_statistics = options.has_statistics;
  checks.forward = [&] {
    FusedConvolutionForwardReference(options, problem.forward_args());
  };
  checks.backward = [&] {
    FusedConvolutionBackwardReference(options, problem.backward_args());
  };
  CheckFusedNormGradients(&problem, checks);
  FusedNormObjective objective(&problem, checks);
  CheckGradient([&] { return objective(); }, &problem.w, problem.dw);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, FusedConvolutionGradientTest,
    testing::Values(
        WithFlags(Options(2, 3, 4, 5, 2, 3), true, false, true, true),
        WithFlags(Options(2, 3, 4, 3, 2, 3), false, false, false, true),
        WithFlags(Options(2, 3, 5, 4, 2, 1), true, true, true, true),
        WithFlags(Options(2, 2, 3, 3, 4, 1), true, false, false, true),
        WithFlags(Options(2, 3, 4, 5, 2, 3), true, false, true, false),
        WithFlags(Options(3, 2, 4, 4, 3, 1), false, true, false, true)));

}  // namespace
}  // namespace tamp
