#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "gtest/gtest.h"
#include "hwy/highway.h"
#include "kernels/grad_mode.h"
#include "layers/fused_pooling/fused_pooling_cpu.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"
#include "layers/fused_pooling/fused_pooling_reference.h"
#include "layers/fused_pooling/fused_pooling_test_cases.h"
#include "layers/fused_pooling/fused_pooling_test_problem.h"
#include "tests/util/kernel_workspace.h"
#include "tests/util/test_maps.h"

namespace tamp {
namespace {

void RunForward(FusedPoolingKernel* kernel,
                FusedPoolingProblem<float>* problem) {
  KernelWorkspace workspace(kernel->forward_workspace_bytes());
  kernel->Forward(problem->forward_args(workspace.data()));
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

void RunBackward(FusedPoolingKernel* kernel,
                 FusedPoolingProblem<float>* problem) {
  KernelWorkspace workspace(kernel->backward_workspace_bytes());
  kernel->Backward(problem->backward_args(workspace.data()));
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

// Holds the CPU kernel against the reference.
void CheckCase(const Case& c) {
  SCOPED_TRACE(Describe(c));
  CpuDevice device(1);
  const auto kernel = MakeFusedPoolingCpu(c.options, device).value();
  FusedPoolingProblem<float> actual(c.options, c.layout);
  FusedPoolingProblem<float> expected(c.options, c.layout);
  c.SetUpForward(&actual);
  c.SetUpForward(&expected);
  RunForward(kernel.get(), &actual);
  FusedPoolingForwardReference(c.options, expected.forward_args());
  ExpectForwardEqual(&actual, &expected);

  actual.y.tensor().FromVector(expected.y.tensor().ToVector());
  actual.overwrites_x = c.overwrites_x;
  c.SetUpBackward(&actual);
  c.SetUpBackward(&expected);
  RunBackward(kernel.get(), &actual);
  FusedPoolingBackwardReference(c.options, expected.backward_args());
  ExpectBackwardEqual(&actual, &expected);
}

class FusedPoolingRandomTest : public testing::TestWithParam<int> {};

TEST_P(FusedPoolingRandomTest, EqualsReference) {
  CheckCase(RandomCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, FusedPoolingRandomTest, testing::Range(0, 80));

TEST(FusedPoolingCpuTest, EqualsReferenceForAllUsualWindows) {
  for (const int64_t kernel : {2, 3}) {
    for (const int64_t stride : {1, 2}) {
      for (const int64_t pad : {0, 1}) {
        for (const bool round_up : {false, true}) {
          for (const int64_t extent : {7, 32, 33, 56}) {
            CheckCase({MaxOptions(2, 3, {9, kernel, pad, stride, round_up},
                                  {extent, kernel, pad, stride, round_up}),
                       MapOrder::kPadded, GradMode::kAdd});
          }
        }
      }
    }
  }
}

TEST(FusedPoolingCpuTest, FinishesOverTheInput) {
  Case stem = {MaxOptions(3, 5, {57, 3, 1, 2, false}, {40, 3, 1, 2, false})};
  Case head = {AverageOptions(4, 5, 7, 7)};
  for (Case* c : {&stem, &head}) {
    c->options.finishes_input = true;
    c->overwrites_x = true;
    for (const MapOrder layout :
         {MapOrder::kDense, MapOrder::kPadded, MapOrder::kAdjoined}) {
      c->layout = layout;
      CheckCase(*c);
    }
  }
}

TEST(FusedPoolingCpuTest, EqualsReferenceOnTinyMaps) {
  for (const int64_t extent : {1, 2, 3}) {
    const PoolingAxis tall = {17, 3, 1, 2}, tiny = {extent, 3, 2, 2};
    CheckCase({MaxOptions(2, 2, tall, tiny), MapOrder::kPadded});
    CheckCase({MaxOptions(2, 2, tiny, tall), MapOrder::kPadded});
    CheckCase({AverageOptions(2, 2, extent, 1), MapOrder::kPadded});
  }
  // Windows that reach far beyond the map, and the whole map as a window.
  CheckCase({MaxOptions(1, 2, {3, 20, 19, 7}, {4, 40, 39, 3})});
  CheckCase({MaxOptions(3, 2, {7, 7}, {19, 19})});
}

// The kernels are compiled once for each; the best is run unless told
// otherwise.
TEST(FusedPoolingCpuTest, EqualsReferenceOnEachInstructionSet) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    CheckCase({MaxOptions(2, 3, {14, 3, 1, 2, false}, {37, 3, 1, 2, false}),
               MapOrder::kAdjoined, GradMode::kAdd});
    CheckCase(
        {MaxOptions(2, 3, {9, 2, 0, 2}, {13, 3, 1, 1}), MapOrder::kPadded});
    CheckCase(
        {MaxOptions(2, 3, {9, 4, 1, 3}, {13, 4, 2, 3}), MapOrder::kPadded});
    CheckCase({AverageOptions(2, 5, 7, 7), MapOrder::kPadded});
    for (Case c : {Case{MaxOptions(2, 3, {14, 3, 1, 2}, {37, 3, 1, 2})},
                   Case{AverageOptions(2, 5, 7, 7)}}) {
      c.options.finishes_input = true;
      c.overwrites_x = true;
      CheckCase(c);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(FusedPoolingCpuTest, SameBitsForAnyNumberOfThreads) {
  FusedPoolingOptions finishing =
      MaxOptions(3, 70, {23, 3, 1, 2}, {24, 3, 1, 2});
  finishing.finishes_input = true;
  for (const FusedPoolingOptions& options :
       {MaxOptions(3, 70, {23, 3, 1, 2}, {24, 3, 1, 2}), finishing,
        AverageOptions(5, 70, 7, 7)}) {
    std::vector<FusedPoolingProblem<float>> problems;
    for (const int threads : {1, 2, 3}) {
      CpuDevice device(threads);
      const auto kernel = MakeFusedPoolingCpu(options, device).value();
      problems.emplace_back(options, MapOrder::kPadded);
      RunForward(kernel.get(), &problems.back());
      RunBackward(kernel.get(), &problems.back());
      auto &first = problems.front(), &last = problems.back();
      EXPECT_EQ(first.terms, last.terms);
      EXPECT_EQ(first.running_variance, last.running_variance);
      EXPECT_EQ(first.y_statistics, last.y_statistics);
      EXPECT_EQ(first.dgamma, last.dgamma);
      EXPECT_EQ(first.dbeta, last.dbeta);
      EXPECT_EQ(first.statistics_grad, last.statistics_grad);
      EXPECT_EQ(first.y.tensor().ToVector(), last.y.tensor().ToVector());
      EXPECT_EQ(first.dx.tensor().ToVector(), last.dx.tensor().ToVector());
    }
  }
}

// Values around 10000 with a deviation below 1: sums of squares of floats would
// leave nothing of the variance.
TEST(FusedPoolingCpuTest, StatisticsSurviveLargeMean) {
  const FusedPoolingOptions options =
      MaxOptions(5, 1, {46, 3, 1, 2}, {58, 3, 1, 2});
  FusedPoolingProblem<float> problem(options, MapOrder::kPadded);
  RandomStream random(5);
  problem.x.tensor().FillRandom(&random, 10000, 10001);
  PassThrough(&problem);
  CpuDevice device(1);
  RunForward(MakeFusedPoolingCpu(options, device).value().get(), &problem);
  const std::vector<float> statistics = problem.y_statistics;
  FusedPoolingForwardReference(options, problem.forward_args());
  const std::vector<float>& expected = problem.y_statistics;
  EXPECT_NEAR(statistics[0], expected[0], 1e-3);
  EXPECT_NEAR(statistics[1], expected[1], 1e-4 * expected[1]);
}

TEST(FusedPoolingCpuTest, NanWins) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  CpuDevice device(1);
  for (int place = 0; place < 3; ++place) {
    for (const float nan : {kNan, -kNan}) {
      for (const FusedPoolingOptions& options :
           {MaxOptions(1, 1, {1, 1}, {3, 3, 1, 2}),
            AverageOptions(1, 1, 1, 3)}) {
        FusedPoolingProblem<float> problem(options, MapOrder::kDense);
        std::vector<float> x(3, kInfinity);
        x[place] = nan;
        problem.x.tensor().FromVector(x);
        PassThrough(&problem);
        RunForward(MakeFusedPoolingCpu(options, device).value().get(),
                   &problem);
        const std::vector<float> y = problem.y.tensor().ToVector();
        // Windows are {0 1} and {1 2}, or {0 1 2}.
        EXPECT_EQ(std::isnan(y[0]), place < 2 || y.size() == 1);
        EXPECT_EQ(std::isnan(y.back()), place > 0 || y.size() == 1);
      }
    }
  }
}

}  // namespace
}  // namespace tamp
