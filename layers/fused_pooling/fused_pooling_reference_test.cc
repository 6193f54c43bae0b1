// The definition: numbers by hand, and gradients against differences.

#include "layers/fused_pooling/fused_pooling_reference.h"

#include <cstddef>
#include <vector>

#include "core/rng.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"
#include "layers/fused_pooling/fused_pooling_test_problem.h"
#include "tests/util/fused_norm_gradients.h"
#include "tests/util/test_maps.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using Problem = FusedPoolingProblem<double>;

// With the eps of problems, 1/64, deviations of 1 and 1/2.
constexpr double kVarianceOfOne = 1 - 1.0 / 64;
constexpr double kVarianceOfHalf = 0.25 - 1.0 / 64;

TEST(FusedPoolingReferenceTest, MaxByHand) {
  // One row, windows of 3 with stride 2 and pad 1: z is 0 4 4 0 8.
  const FusedPoolingOptions options =
      MaxOptions(1, 1, {1, 1, 0, 1}, {5, 3, 1, 2});
  Problem problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({1, 4, 4, 2, 6});
  problem.statistics = {3, kVarianceOfHalf};
  problem.gamma = {1};
  problem.beta = {2};
  FusedPoolingForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.terms, ElementsAre(2, -4, 3, 2));
  EXPECT_THAT(problem.y.tensor().ToVector(), ElementsAre(4, 4, 8));
  EXPECT_THAT(
      problem.y_statistics,
      ElementsAre(16.0 / 3, testing::DoubleNear(96.0 / 3 - 256.0 / 9, 1e-12)));

  problem.g.tensor().FromVector({3, 10, 100});
  // inv_std is 2: dy = 2 * (g - 4 - (y - 5) * 2 * -1) is -6, 8 and 204.
  problem.y_statistics = {5, kVarianceOfHalf};
  problem.y_statistics_grad = {12, -3};
  FusedPoolingBackwardReference(options, problem.backward_args());
  // The first of equals has it all.
  EXPECT_THAT(problem.dx.tensor().ToVector(), ElementsAre(0, 2, 0, 0, 204));
  EXPECT_THAT(problem.dgamma, ElementsAre(2 * 1 * 2 + 204 * 3 * 2));
  EXPECT_THAT(problem.dbeta, ElementsAre(206));
  EXPECT_THAT(problem.statistics_grad, ElementsAre(206, 1228));
}

TEST(FusedPoolingReferenceTest, ChosenElementsThatAreZeroHaveNoGradient) {
  FusedPoolingOptions options = MaxOptions(1, 1, {1, 1, 0, 1}, {2, 2, 0, 2});
  options.has_statistics = false;
  Problem problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({-2, -1});
  problem.statistics = {0, kVarianceOfOne};
  problem.gamma = {1};
  problem.beta = {0};
  FusedPoolingForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(), ElementsAre(0));
  FusedPoolingBackwardReference(options, problem.backward_args());
  EXPECT_THAT(problem.dx.tensor().ToVector(), ElementsAre(0, 0));
  EXPECT_THAT(problem.dbeta, ElementsAre(0));
}

TEST(FusedPoolingReferenceTest, AverageByHand) {
  FusedPoolingOptions options = AverageOptions(1, 1, 2, 2);
  options.has_statistics = false;
  Problem problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({1, 2, 3, 4});
  problem.statistics = {2, kVarianceOfOne};  // z is 0 0 2 4
  problem.gamma = {2};
  problem.beta = {0};
  FusedPoolingForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(), ElementsAre(1.5));

  problem.g.tensor().FromVector({8});
  problem.set_dx_mode(GradMode::kAdd);
  problem.set_norm_modes(GradMode::kAdd, GradMode::kSkip, GradMode::kWrite);
  problem.dgamma = {100};
  FusedPoolingBackwardReference(options, problem.backward_args());
  EXPECT_THAT(problem.dx.tensor().ToVector(), ElementsAre(0.5, 0.5, 4.5, 4.5));
  EXPECT_THAT(problem.dgamma, ElementsAre(100 + 2 * 1 + 2 * 2));
  EXPECT_THAT(problem.statistics_grad, ElementsAre(2 * 4, 2 * 6));
}

TEST(FusedPoolingReferenceTest, RunningStatisticsFollowOnceAStep) {
  FusedPoolingOptions options = AverageOptions(1, 1, 2, 2);
  Problem problem(options, MapOrder::kDense);
  problem.statistics = {2, 3};
  problem.running_mean = {1};
  problem.running_variance = {1};
  for (const bool is_recomputation : {false, true}) {
    problem.is_recomputation = is_recomputation;
    FusedPoolingForwardReference(options, problem.forward_args());
    // A quarter of the batch's, whose unbiased variance is 4.
    EXPECT_THAT(problem.running_mean, ElementsAre(1.25));
    EXPECT_THAT(problem.running_variance, ElementsAre(1.75));
  }
}

class FusedPoolingGradientTest
    : public testing::TestWithParam<FusedPoolingOptions> {};

TEST_P(FusedPoolingGradientTest, EqualsDifferences) {
  const FusedPoolingOptions& options = GetParam();
  Problem problem(options, MapOrder::kDense);
  // Different values, further apart than the step of the check.
  std::vector<double> values(problem.x.tensor().shape().num_elements());
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = double(i * 37 % 251) * 0.01 - 1.2;
  }
  problem.x.tensor().FromVector(values);
  RandomStream random(4);
  for (double& value : problem.gamma) value = random.Uniform(0.5, 1.5);
  for (double& value : problem.beta) value = random.Uniform(-1, 1);
  FusedNormChecks checks;
  checks.has_statistics = options.has_statistics;
  checks.finishes_input = options.finishes_input;
  checks.forward = [&] {
    FusedPoolingForwardReference(options, problem.forward_args());
  };
  checks.backward = [&] {
    FusedPoolingBackwardReference(options, problem.backward_args());
  };
  CheckFusedNormGradients(&problem, checks);
}

FusedPoolingOptions Finishing(FusedPoolingOptions options,
                              bool has_statistics) {
  options.finishes_input = true;
  options.has_statistics = has_statistics;
  return options;
}

INSTANTIATE_TEST_SUITE_P(
    Windows, FusedPoolingGradientTest,
    testing::Values(
        MaxOptions(2, 3, {5, 3, 1, 2}, {6, 3, 1, 2, false}),
        MaxOptions(2, 2, {5, 2, 0, 2}, {7, 3, 0, 1}),
        AverageOptions(3, 4, 4, 5),
        Finishing(MaxOptions(2, 3, {5, 3, 1, 2}, {6, 3, 1, 2, false}), false),
        Finishing(MaxOptions(2, 2, {5, 2, 0, 2}, {7, 3, 0, 1}), true),
        Finishing(AverageOptions(3, 4, 4, 5), true)));

}  // namespace
}  // namespace tamp
