#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/highway.h"
#include "kernels/grad_mode.h"
#include "kernels/pooling_axis.h"
#include "layers/fused_pooling/fused_pooling_cpu.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"
#include "layers/fused_pooling/fused_pooling_reference.h"
#include "layers/fused_pooling/fused_pooling_test_problem.h"
#include "tests/util/gradient_check.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;

constexpr auto kMax = FusedPoolingOptions::Method::kMax;
constexpr auto kAverage = FusedPoolingOptions::Method::kAverage;

FusedPoolingOptions MaxOptions(int64_t num, int64_t channels,
                               PoolingAxis height, PoolingAxis width) {
  return {kMax, num, channels, height, width, true};
}

FusedPoolingOptions AverageOptions(int64_t num, int64_t channels,
                                   int64_t height, int64_t width) {
  return {kAverage, num, channels, {height, height}, {width, width}, true};
}

TEST(FusedPoolingReferenceTest, MaxByHand) {
  // One row, windows of 3 with stride 2 and pad 1: z is 0 4 4 0 8.
  const FusedPoolingOptions options =
      MaxOptions(1, 1, {1, 1, 0, 1}, {5, 3, 1, 2});
  FusedPoolingProblem<double> problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({1, 4, 4, 2, 6});
  problem.scale = {2};
  problem.shift = {-4};
  FusedPoolingForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(), ElementsAre(4, 4, 8));
  EXPECT_THAT(problem.y_mean, ElementsAre(16.0 / 3));
  EXPECT_NEAR(problem.y_variance[0], 96.0 / 3 - 256.0 / 9, 1e-12);

  problem.g.tensor().FromVector({3, 10, 100});
  problem.p = {2};
  problem.q = {0.5};
  problem.r = {-7};  // dy is 1, 15, 197
  problem.gamma = {3};
  problem.mean = {3};
  problem.inv_std = {2};
  FusedPoolingBackwardReference(options, problem.backward_args());
  // The first of equals has it all.
  EXPECT_THAT(problem.dx.tensor().ToVector(),
              ElementsAre(0, 3 * 16, 0, 0, 3 * 197));
  EXPECT_THAT(problem.dgamma, ElementsAre(16 * 1 * 2 + 197 * 3 * 2));
  EXPECT_THAT(problem.dbeta, ElementsAre(16 + 197));
}

TEST(FusedPoolingReferenceTest, ChosenElementsThatAreZeroHaveNoGradient) {
  FusedPoolingOptions options = MaxOptions(1, 1, {1, 1, 0, 1}, {2, 2, 0, 2});
  options.has_statistics = false;
  FusedPoolingProblem<double> problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({-2, -1});
  problem.scale = {1};
  problem.shift = {0};
  FusedPoolingForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(), ElementsAre(0));
  FusedPoolingBackwardReference(options, problem.backward_args());
  EXPECT_THAT(problem.dx.tensor().ToVector(), ElementsAre(0, 0));
  EXPECT_THAT(problem.dbeta, ElementsAre(0));
}

TEST(FusedPoolingReferenceTest, AverageByHand) {
  FusedPoolingOptions options = AverageOptions(1, 1, 2, 2);
  options.has_statistics = false;
  FusedPoolingProblem<double> problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({1, 2, 3, 4});
  problem.scale = {2};  // z is 0 0 2 4
  problem.shift = {-4};
  FusedPoolingForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(), ElementsAre(1.5));

  problem.g.tensor().FromVector({8});
  problem.set_mode(GradMode::kAdd);
  problem.gamma = {3};
  problem.mean = {2};
  problem.inv_std = {0.5};
  FusedPoolingBackwardReference(options, problem.backward_args());
  EXPECT_THAT(problem.dx.tensor().ToVector(), ElementsAre(0.5, 0.5, 6.5, 6.5));
  EXPECT_THAT(problem.dgamma, ElementsAre(2 * 1 * 0.5 + 2 * 2 * 0.5));
  EXPECT_THAT(problem.dbeta, ElementsAre(4));
}

// The objective is sum(c * y_hat), y_hat being y normalized by its own
// statistics: so p, q and r of the contract are checked as well.
class NormalizedObjective {
 public:
  explicit NormalizedObjective(FusedPoolingProblem<double>* problem)
      : gamma({1, problem->options.channels}),
        beta({1, problem->options.channels}),
        problem_(*problem),
        c_(problem->g.tensor().ToVector()) {}

  // Also leaves p, q and r for the backward kernel.
  double operator()() {
    const FusedPoolingOptions& o = problem_.options;
    for (int64_t c = 0; c < o.channels; ++c) {
      problem_.scale[c] = gamma.at(0, c)[0] * problem_.inv_std[c];
      problem_.shift[c] =
          beta.at(0, c)[0] - problem_.mean[c] * problem_.scale[c];
    }
    FusedPoolingForwardReference(o, problem_.forward_args());
    const std::vector<double> y = problem_.y.tensor().ToVector();
    const int64_t size = o.output_size();
    const double count = double(o.num * size);
    double sum = 0;
    for (int64_t c = 0; c < o.channels; ++c) {
      const double mean = problem_.y_mean[c];
      const double inv_std = 1 / std::sqrt(problem_.y_variance[c] + 1e-5);
      double grads = 0, products = 0;
      for (int64_t i = 0; i < int64_t(y.size()); ++i) {
        if (i / size % o.channels != c) continue;
        grads += c_[i];
        products += c_[i] * (y[i] - mean) * inv_std;
      }
      sum += products;
      problem_.p[c] = inv_std;
      problem_.q[c] = -inv_std * inv_std * products / count;
      problem_.r[c] = -inv_std * grads / count - problem_.q[c] * mean;
    }
    return sum;
  }

  TestTensor<double> gamma, beta;

 private:
  FusedPoolingProblem<double>& problem_;
  const std::vector<double> c_;
};

class FusedPoolingGradientTest
    : public testing::TestWithParam<FusedPoolingOptions> {};

TEST_P(FusedPoolingGradientTest, EqualsDifferences) {
  const FusedPoolingOptions& options = GetParam();
  FusedPoolingProblem<double> problem(options, MapOrder::kDense);
  // Different values, further apart than the step of the check.
  std::vector<double> values(problem.x.tensor().shape().num_elements());
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = double(i * 37 % 251) * 0.01 - 1.2;
  }
  problem.x.tensor().FromVector(values);
  for (double& value : problem.inv_std) value = 1.5;
  for (double& value : problem.mean) value = 0.3;
  NormalizedObjective objective(&problem);
  RandomStream random(4);
  objective.gamma.FillRandom(&random, 0.5, 1.5);
  objective.beta.FillRandom(&random);
  problem.gamma = objective.gamma.ToVector();
  objective();
  FusedPoolingBackwardReference(options, problem.backward_args());

  // dx is without inv_std: whoever made x puts it in.
  TestTensor<double> dx(problem.dx.tensor().shape());
  std::vector<double> dx_elements = problem.dx.tensor().ToVector();
  for (double& value : dx_elements) value *= 1.5;
  dx.FromVector(dx_elements);
  const auto run = [&] { return objective(); };
  CheckGradient(run, &problem.x.tensor(), &dx);

  TestTensor<double> of_channels(objective.gamma.shape());
  of_channels.FromVector(problem.dgamma);
  CheckGradient(run, &objective.gamma, &of_channels);
  of_channels.FromVector(problem.dbeta);
  CheckGradient(run, &objective.beta, &of_channels);
}

INSTANTIATE_TEST_SUITE_P(
    Windows, FusedPoolingGradientTest,
    testing::Values(MaxOptions(2, 3, {5, 3, 1, 2}, {6, 3, 1, 2, false}),
                    MaxOptions(2, 2, {5, 2, 0, 2}, {7, 3, 0, 1}),
                    AverageOptions(3, 4, 4, 5)));

// With finishes_input also the mean and the deviation of x follow x.
TEST(FusedPoolingReferenceTest, FinishedGradientEqualsDifferences) {
  FusedPoolingOptions options =
      MaxOptions(2, 3, {5, 3, 1, 2}, {6, 3, 1, 2, false});
  options.has_statistics = false;
  options.finishes_input = true;
  FusedPoolingProblem<double> problem(options, MapOrder::kDense);
  RandomStream random(8);
  for (auto* values : {&problem.gamma, &problem.shift}) {
    for (double& value : *values) value = 0.5 + random.Uniform();
  }
  const std::vector<double> beta = problem.shift;
  problem.x.tensor().FillRandom(&random);
  const std::vector<double> weights = problem.g.tensor().ToVector();
  const auto objective = [&] {
    const int64_t size = options.input_size();
    for (int64_t c = 0; c < options.channels; ++c) {
      double sum = 0, squares = 0;
      for (int64_t i = 0; i < options.num * size; ++i) {
        const double x = problem.x.strided().at(i / size, c)[i % size];
        sum += x;
        squares += x * x;
      }
      const double mean = sum / double(options.num * size);
      problem.mean[c] = mean;
      problem.inv_std[c] =
          1 / std::sqrt(squares / double(options.num * size) - mean * mean);
      problem.scale[c] = problem.gamma[c] * problem.inv_std[c];
      problem.shift[c] = beta[c] - mean * problem.scale[c];
    }
    FusedPoolingForwardReference(options, problem.forward_args());
    const std::vector<double> y = problem.y.tensor().ToVector();
    double sum = 0;
    for (size_t i = 0; i < y.size(); ++i) sum += weights[i] * y[i];
    return sum;
  };
  objective();
  FusedPoolingBackwardReference(options, problem.backward_args());
  CheckGradient(objective, &problem.x.tensor(), &problem.dx.tensor());
}

// Bytes of workspace with NaNs in it and canaries behind it, at an address that
// is aligned to 4 bytes only.
class Workspace {
 public:
  explicit Workspace(int64_t bytes)
      : size_((bytes + 3) / 4),
        memory_(size_ + 1 + kCanaries, FusedPoolingProblem<float>::kNan) {
    for (int i = 0; i < kCanaries; ++i) memory_[1 + size_ + i] = kCanary;
  }
  void* data() { return memory_.data() + 1; }
  bool BoundsAreRespected() const {
    for (int i = 0; i < kCanaries; ++i) {
      if (memory_[1 + size_ + i] != kCanary) return false;
    }
    return true;
  }

 private:
  static constexpr int kCanaries = 64;
  static constexpr float kCanary = -12345.5f;
  int64_t size_;
  std::vector<float> memory_;
};

void RunForward(FusedPoolingKernel* kernel,
                FusedPoolingProblem<float>* problem) {
  Workspace workspace(kernel->forward_workspace_bytes());
  kernel->Forward(problem->forward_args(workspace.data()));
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

void RunBackward(FusedPoolingKernel* kernel,
                 FusedPoolingProblem<float>* problem) {
  Workspace workspace(kernel->backward_workspace_bytes());
  kernel->Backward(problem->backward_args(workspace.data()));
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

constexpr double kEpsilons = 32;

void ExpectForwardEqual(FusedPoolingProblem<float>* actual,
                        FusedPoolingProblem<float>* expected) {
  EXPECT_TRUE(AllClose(actual->y.tensor().ToVector(),
                       expected->y.tensor().ToVector(), kEpsilons));
  EXPECT_TRUE(actual->y.tensor().PaddingIsUntouched());
  if (!actual->options.has_statistics) return;
  EXPECT_TRUE(AllClose(actual->y_mean, expected->y_mean, kEpsilons));
  EXPECT_TRUE(AllClose(actual->y_variance, expected->y_variance, kEpsilons));
}

void ExpectBackwardEqual(FusedPoolingProblem<float>* actual,
                         FusedPoolingProblem<float>* expected) {
  if (actual->dx_mode != GradMode::kSkip) {
    TestTensor<float>& dx = actual->dx_maps().tensor();
    EXPECT_TRUE(
        AllClose(dx.ToVector(), expected->dx.tensor().ToVector(), kEpsilons));
    EXPECT_TRUE(dx.PaddingIsUntouched());
  }
  EXPECT_TRUE(AllClose(actual->dgamma, expected->dgamma, kEpsilons));
  EXPECT_TRUE(AllClose(actual->dbeta, expected->dbeta, kEpsilons));
}

struct Case {
  FusedPoolingOptions options;
  MapOrder layout = MapOrder::kDense;
  GradMode dx_mode = GradMode::kWrite;
  bool overwrites_x = false;
};

std::string Describe(const PoolingAxis& axis) {
  return std::to_string(axis.extent) + " kernel " +
         std::to_string(axis.kernel) + " pad " + std::to_string(axis.pad) +
         " stride " + std::to_string(axis.stride) +
         (axis.round_up ? " ceil" : " floor");
}

std::string Describe(const Case& c) {
  const FusedPoolingOptions& o = c.options;
  return std::to_string(o.num) + "x" + std::to_string(o.channels) +
         (o.method == kMax ? " max " : " average ") + Describe(o.height) +
         " x " + Describe(o.width) + (o.has_statistics ? " statistics" : "") +
         (o.finishes_input ? " finishes" : "") +
         (c.overwrites_x ? " over x" : "") + " layout " +
         std::to_string(int(c.layout)) + " mode " +
         std::to_string(int(c.dx_mode));
}

// Holds the CPU kernel against the reference.
void CheckCase(const Case& c) {
  SCOPED_TRACE(Describe(c));
  CpuDevice device(1);
  const auto kernel = MakeFusedPoolingCpu(c.options, device).value();
  FusedPoolingProblem<float> actual(c.options, c.layout);
  FusedPoolingProblem<float> expected(c.options, c.layout);
  RunForward(kernel.get(), &actual);
  FusedPoolingForwardReference(c.options, expected.forward_args());
  ExpectForwardEqual(&actual, &expected);

  actual.y.tensor().FromVector(expected.y.tensor().ToVector());
  actual.overwrites_x = c.overwrites_x;
  actual.set_mode(c.dx_mode);
  expected.set_mode(c.dx_mode);
  RunBackward(kernel.get(), &actual);
  FusedPoolingBackwardReference(c.options, expected.backward_args());
  ExpectBackwardEqual(&actual, &expected);
}

// One of everything, drawn from a seed.
Case RandomCase(uint64_t seed) {
  RandomStream random(seed);
  const auto pick = [&](uint32_t low, uint32_t high) {
    return int64_t{low} + random.UniformInt(high - low + 1);
  };
  const auto axis = [&](int64_t extent) {
    PoolingAxis axis;
    axis.extent = extent;
    axis.kernel = pick(1, 5) <= 4 ? pick(2, 3) : pick(1, 7);
    axis.stride = pick(1, std::min<int64_t>(axis.kernel, 4));
    axis.pad = pick(0, std::min<int64_t>(axis.kernel - 1, 3));
    axis.round_up = pick(0, 1);
    return axis;
  };
  Case c;
  const int64_t height = pick(7, 57), width = pick(7, 40);
  c.options =
      pick(0, 3) == 0
          ? AverageOptions(pick(1, 5), pick(1, 70), height, width)
          : MaxOptions(pick(1, 5), pick(1, 70), axis(height), axis(width));
  c.options.has_statistics = pick(0, 1);
  c.layout = static_cast<MapOrder>(pick(0, 2));
  c.dx_mode = static_cast<GradMode>(pick(0, 2));
  c.options.finishes_input = c.dx_mode != GradMode::kAdd && pick(0, 1) == 1;
  c.overwrites_x = c.options.finishes_input && pick(0, 1) == 1;
  return c;
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
      EXPECT_EQ(first.y_mean, last.y_mean);
      EXPECT_EQ(first.y_variance, last.y_variance);
      EXPECT_EQ(first.dgamma, last.dgamma);
      EXPECT_EQ(first.dbeta, last.dbeta);
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
  problem.scale = {1};
  problem.shift = {0};
  CpuDevice device(1);
  RunForward(MakeFusedPoolingCpu(options, device).value().get(), &problem);
  const float mean = problem.y_mean[0], variance = problem.y_variance[0];
  FusedPoolingForwardReference(options, problem.forward_args());
  EXPECT_NEAR(mean, problem.y_mean[0], 1e-3);
  EXPECT_NEAR(variance, problem.y_variance[0], 1e-4 * problem.y_variance[0]);
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
        problem.scale = {1};
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
