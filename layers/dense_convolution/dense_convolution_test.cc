#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "core/bf16.h"
#include "core/cpu/cpu_device.h"
#include "core/grad_mode.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/highway.h"
#include "layers/dense_convolution/dense_convolution_cpu.h"
#include "layers/dense_convolution/dense_convolution_kernel.h"
#include "layers/dense_convolution/dense_convolution_reference.h"
#include "layers/dense_convolution/dense_convolution_test_problem.h"
#include "tests/util/gradient_check.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;

DenseConvolutionOptions Options(int64_t num, int64_t channels, int64_t height,
                                int64_t width, int64_t num_output,
                                int64_t kernel) {
  DenseConvolutionOptions options;
  options.num = num;
  options.channels = channels;
  options.height = height;
  options.width = width;
  options.num_output = num_output;
  options.kernel = kernel;
  return options;
}

TEST(DenseConvolutionReferenceTest, NormalizesAndConvolvesByHand) {
  DenseConvolutionOptions options = Options(1, 1, 2, 2, 1, 3);
  options.normalizes = true;
  options.has_statistics = true;
  DenseConvolutionProblem<double> problem(options, Layout::kDense);
  problem.x.tensor().FromVector({1, 2, 3, 4});
  problem.scale = {2};  // z is 0 0 2 4
  problem.shift = {-4};
  problem.w = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  DenseConvolutionForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(), ElementsAre(52, 46, 34, 28));
  EXPECT_THAT(problem.y_mean, ElementsAre(40));
  EXPECT_THAT(problem.y_variance, ElementsAre(90));

  problem.g.tensor().FromVector({3, 0, 0, 0});
  problem.p = {2};    // 2 * 3 + 0.5 * 52 - 31 is 1
  problem.q = {0.5};  // 0.5 * y - r is 0 where y is 2 r
  problem.r = {-31};
  problem.y.tensor().FromVector({52, 62, 62, 62});
  problem.gamma = {3};
  problem.mean = {2.5};
  problem.inv_std = {2};
  DenseConvolutionBackwardReference(options, problem.backward_args());
  // dz is 5 6 8 9, of which the mask leaves the last two.
  EXPECT_THAT(problem.dx.tensor().ToVector(), ElementsAre(0, 0, 24, 27));
  EXPECT_THAT(problem.dgamma, ElementsAre(8 * 0.5 * 2 + 9 * 1.5 * 2));
  EXPECT_THAT(problem.dbeta, ElementsAre(17));
  EXPECT_THAT(problem.dw, ElementsAre(0, 0, 0, 0, 0, 0, 0, 2, 4));
}

TEST(DenseConvolutionReferenceTest, PoolsAndDropsByHand) {
  DenseConvolutionOptions options = Options(1, 2, 3, 2, 1, 1);
  options.pools = true;
  options.drops = true;
  DenseConvolutionProblem<double> problem(options, Layout::kDense);
  problem.x.tensor().FromVector({1, 2, 3, 4, 99, 99, 1, -1, 2, 2, 99, 99});
  problem.w = {10, 100};
  problem.mask.threshold = 0;  // keeps all
  problem.mask.kept = 2;
  DenseConvolutionForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(),
              ElementsAre(2 * (10 * 2.5 + 100 * 1)));

  problem.g.tensor().FromVector({4});
  problem.set_modes(GradMode::kAdd, GradMode::kAdd);
  problem.dx.tensor().Fill(1);
  problem.dw = {1, 1};
  DenseConvolutionBackwardReference(options, problem.backward_args());
  EXPECT_THAT(problem.dx.tensor().ToVector(),
              ElementsAre(21, 21, 21, 21, 1, 1, 201, 201, 201, 201, 1, 1));
  EXPECT_THAT(problem.dw, ElementsAre(1 + 8 * 2.5, 1 + 8 * 1));
}

// The objective is sum(c * y_hat), y_hat being y normalised by its own
// statistics: so p, q and r of the contract are checked as well.
class NormalizedObjective {
 public:
  explicit NormalizedObjective(DenseConvolutionProblem<double>* problem)
      : problem_(*problem), c_(problem->g.tensor().ToVector()) {}

  // Also leaves g, p, q and r for the backward kernel.
  double operator()() {
    const DenseConvolutionOptions& o = problem_.options;
    if (o.normalizes) NormalizeX();
    DenseConvolutionForwardReference(o, problem_.forward_args());
    const std::vector<double> y = problem_.y.tensor().ToVector();
    const int64_t size = o.output_size();
    const double count = double(o.num * size);
    double sum = 0;
    for (int64_t k = 0; k < o.num_output; ++k) {
      const double mean = problem_.y_mean[k];
      const double inv_std = 1 / std::sqrt(problem_.y_variance[k] + 1e-5);
      double grads = 0, products = 0;  // G and B of the contract
      for (int64_t i = 0; i < int64_t(y.size()); ++i) {
        if (i / size % o.num_output != k) continue;
        grads += c_[i];
        products += c_[i] * (y[i] - mean) * inv_std;
      }
      sum += products;
      problem_.p[k] = inv_std;
      problem_.q[k] = -inv_std * inv_std * products / count;
      problem_.r[k] = -inv_std * grads / count - problem_.q[k] * mean;
    }
    return sum;
  }

 private:
  void NormalizeX() {
    for (int64_t c = 0; c < problem_.options.channels; ++c) {
      problem_.scale[c] = gamma().at(0, c)[0] * problem_.inv_std[c];
      problem_.shift[c] =
          beta().at(0, c)[0] - problem_.mean[c] * problem_.scale[c];
    }
  }

 public:
  TestTensor<double>& gamma() { return gamma_; }
  TestTensor<double>& beta() { return beta_; }

 private:
  DenseConvolutionProblem<double>& problem_;
  const std::vector<double> c_;
  TestTensor<double> gamma_{{1, problem_.options.channels}};
  TestTensor<double> beta_{{1, problem_.options.channels}};
};

class DenseConvolutionGradientTest
    : public testing::TestWithParam<DenseConvolutionOptions> {};

TEST_P(DenseConvolutionGradientTest, EqualsDifferences) {
  const DenseConvolutionOptions& options = GetParam();
  DenseConvolutionProblem<double> problem(options, Layout::kDense);
  RandomStream random(4);
  problem.x.tensor().FillRandom(&random);
  for (double& value : problem.inv_std) value = 1.5;
  NormalizedObjective objective(&problem);
  objective.gamma().FillRandom(&random, 0.5, 1.5);
  objective.beta().FillRandom(&random);
  problem.gamma = objective.gamma().ToVector();
  objective();
  DenseConvolutionBackwardReference(options, problem.backward_args());

  // dx is without inv_std: whoever made x puts it in.
  TestTensor<double> dx(problem.dx.tensor().shape());
  std::vector<double> dx_elements = problem.dx.tensor().ToVector();
  if (options.normalizes) {
    for (double& value : dx_elements) value *= 1.5;
  }
  dx.FromVector(dx_elements);
  CheckGradient([&] { return objective(); }, &problem.x.tensor(), &dx);

  const Shape weights = {1, static_cast<int64_t>(problem.w.size())};
  TestTensor<double> w(weights), dw(weights);
  w.FromVector(problem.w);
  dw.FromVector(problem.dw);
  const auto objective_of_w = [&] {
    problem.w = w.ToVector();
    return objective();
  };
  CheckGradient(objective_of_w, &w, &dw);
  problem.w = w.ToVector();

  if (!options.normalizes) return;
  TestTensor<double> dgamma(objective.gamma().shape());
  dgamma.FromVector(problem.dgamma);
  CheckGradient([&] { return objective(); }, &objective.gamma(), &dgamma);
  dgamma.FromVector(problem.dbeta);
  CheckGradient([&] { return objective(); }, &objective.beta(), &dgamma);
}

DenseConvolutionOptions WithFlags(DenseConvolutionOptions options,
                                  bool normalizes, bool pools, bool drops,
                                  bool has_statistics) {
  options.normalizes = normalizes;
  options.pools = pools;
  options.drops = drops;
  options.has_statistics = has_statistics;
  return options;
}

INSTANTIATE_TEST_SUITE_P(
    Flags, DenseConvolutionGradientTest,
    testing::Values(
        WithFlags(Options(2, 3, 4, 5, 2, 3), true, false, true, true),
        WithFlags(Options(2, 3, 4, 3, 2, 3), false, false, false, true),
        WithFlags(Options(2, 3, 5, 4, 2, 1), true, true, true, true),
        WithFlags(Options(2, 2, 3, 3, 4, 1), true, false, false, true),
        WithFlags(Options(3, 2, 4, 4, 3, 1), false, true, false, true)));

// Bytes of workspace with NaNs in it and canaries behind it, at an address that
// is aligned to 4 bytes only.
class Workspace {
 public:
  explicit Workspace(int64_t bytes)
      : size_((bytes + 3) / 4),
        memory_(size_ + 1 + kCanaries, DenseConvolutionProblem<float>::kNan) {
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

void RunForward(DenseConvolutionKernel* kernel,
                DenseConvolutionProblem<float>* problem) {
  Workspace workspace(kernel->forward_workspace_bytes());
  kernel->Forward(problem->forward_args(workspace.data()));
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

void RunBackward(DenseConvolutionKernel* kernel,
                 DenseConvolutionProblem<float>* problem) {
  Workspace workspace(kernel->backward_workspace_bytes());
  kernel->Backward(problem->backward_args(workspace.data()));
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

constexpr double kEpsilons = 64;

void ExpectForwardEqual(DenseConvolutionProblem<float>* actual,
                        DenseConvolutionProblem<float>* expected) {
  EXPECT_TRUE(AllClose(actual->y.tensor().ToVector(),
                       expected->y.tensor().ToVector(), kEpsilons));
  EXPECT_TRUE(actual->y.tensor().PaddingIsUntouched());
  if (!actual->options.has_statistics) return;
  for (size_t k = 0; k < expected->y_mean.size(); ++k) {
    const float deviation = std::sqrt(expected->y_variance[k]);
    EXPECT_NEAR(actual->y_mean[k], expected->y_mean[k],
                kEpsilons * std::numeric_limits<float>::epsilon() *
                    (std::fabs(expected->y_mean[k]) + deviation));
  }
  EXPECT_TRUE(AllClose(actual->y_variance, expected->y_variance, kEpsilons));
}

void ExpectBackwardEqual(DenseConvolutionProblem<float>* actual,
                         DenseConvolutionProblem<float>* expected) {
  if (actual->dx_mode != GradMode::kSkip) {
    EXPECT_TRUE(AllClose(actual->dx.tensor().ToVector(),
                         expected->dx.tensor().ToVector(), kEpsilons));
    EXPECT_TRUE(actual->dx.tensor().PaddingIsUntouched());
  }
  if (actual->dw_mode != GradMode::kSkip) {
    EXPECT_TRUE(AllClose(actual->dw, expected->dw, kEpsilons));
  }
  if (!actual->options.normalizes) return;
  EXPECT_TRUE(AllClose(actual->dgamma, expected->dgamma, kEpsilons));
  EXPECT_TRUE(AllClose(actual->dbeta, expected->dbeta, kEpsilons));
}

struct Case {
  DenseConvolutionOptions options;
  Layout layout = Layout::kDense;
  GradMode dx_mode = GradMode::kWrite, dw_mode = GradMode::kWrite;
};

std::string Describe(const Case& c) {
  const DenseConvolutionOptions& o = c.options;
  std::string text =
      std::to_string(o.num) + "x" + std::to_string(o.channels) + "x" +
      std::to_string(o.height) + "x" + std::to_string(o.width) + " to " +
      std::to_string(o.num_output) + " kernel " + std::to_string(o.kernel);
  if (o.gathers) {
    text +=
        " stride " + std::to_string(o.stride) + " pad " + std::to_string(o.pad);
  }
  if (o.normalizes) text += " normalizes";
  if (o.pools) text += " pools";
  if (o.drops) text += " drops";
  if (o.has_statistics) text += " statistics";
  if (o.shifts_output) text += " shifts";
  if (o.rectifies_output) text += " rectifies";
  if (o.precision == ProductPrecision::kBf16) text += " bf16";
  return text + " layout " + std::to_string(int(c.layout)) + " modes " +
         std::to_string(int(c.dx_mode)) + std::to_string(int(c.dw_mode));
}

// Holds the CPU kernel against the reference.
void CheckCase(const Case& c, int num_threads = 1) {
  SCOPED_TRACE(Describe(c));
  CpuDevice device(num_threads);
  const auto kernel = MakeDenseConvolutionCpu(c.options, device);
  DenseConvolutionProblem<float> actual(c.options, c.layout);
  DenseConvolutionProblem<float> expected(c.options, c.layout);
  RunForward(kernel.get(), &actual);
  DenseConvolutionForwardReference(c.options, expected.forward_args());
  ExpectForwardEqual(&actual, &expected);

  if (c.options.precision == ProductPrecision::kBf16) {
    RandomStream random(6);  // dY is exact, see DenseConvolutionProblem
    expected.y.tensor().FromVector(
        RandomGrid<float>(expected.y.tensor().shape().num_elements(), &random));
  }
  actual.y.tensor().FromVector(expected.y.tensor().ToVector());
  actual.set_modes(c.dx_mode, c.dw_mode);
  expected.set_modes(c.dx_mode, c.dw_mode);
  RunBackward(kernel.get(), &actual);
  DenseConvolutionBackwardReference(c.options, expected.backward_args());
  ExpectBackwardEqual(&actual, &expected);
}

// One of everything, drawn from a seed.
Case RandomCase(uint64_t seed) {
  RandomStream random(seed);
  const auto pick = [&](uint32_t low, uint32_t high) {
    return int64_t{low} + random.UniformInt(high - low + 1);
  };
  Case c;
  const bool is_small = pick(0, 2) != 0;
  c.options =
      Options(pick(1, 5), pick(1, 70), pick(2, is_small ? 17 : 57),
              pick(2, is_small ? 17 : 40), pick(1, 50), pick(0, 1) ? 3 : 1);
  if (!is_small) c.options.num = pick(1, 2);
  c.options =
      WithFlags(c.options, pick(0, 3) != 0, c.options.kernel == 1 && pick(0, 1),
                pick(0, 1), pick(0, 1));
  c.layout = static_cast<Layout>(pick(0, 2));
  c.dx_mode = static_cast<GradMode>(pick(0, 2));
  c.dw_mode = static_cast<GradMode>(pick(0, 2));
  return c;
}

// With a batch norm and a ReLU behind, as in nets for testing.
TEST(DenseConvolutionCpuTest, ShiftsAndRectifiesItsOutput) {
  for (const int64_t kernel : {1, 3}) {
    for (const int64_t width : {5, 16, 37}) {
      for (const bool rectifies : {false, true}) {
        Case c = {Options(3, 7, 6, width, 14, kernel), Layout::kPadded};
        c.options.normalizes = rectifies;
        c.options.shifts_output = true;
        c.options.rectifies_output = rectifies;
        SCOPED_TRACE(Describe(c));
        CpuDevice device(2);
        const auto made = MakeDenseConvolutionCpu(c.options, device);
        DenseConvolutionProblem<float> actual(c.options, c.layout);
        DenseConvolutionProblem<float> expected(c.options, c.layout);
        RunForward(made.get(), &actual);
        DenseConvolutionForwardReference(c.options, expected.forward_args());
        ExpectForwardEqual(&actual, &expected);
      }
    }
  }
}

// A convolution of images, any kernel, drawn from a seed.
Case RandomGatheringCase(uint64_t seed) {
  RandomStream random(seed);
  const auto pick = [&](uint32_t low, uint32_t high) {
    return int64_t{low} + random.UniformInt(high - low + 1);
  };
  Case c;
  c.options = Options(pick(1, 4), pick(1, 4), pick(7, 40), pick(7, 90),
                      pick(1, 70), pick(1, 7));
  c.options.gathers = true;
  c.options.stride = pick(1, 4);
  c.options.pad = pick(0, c.options.kernel - 1);
  c.options.drops = pick(0, 1);
  c.options.has_statistics = pick(0, 1);
  c.layout = static_cast<Layout>(pick(0, 2));
  c.dx_mode = GradMode::kSkip;
  c.dw_mode = static_cast<GradMode>(pick(0, 2));
  return c;
}

constexpr ProductPrecision kPrecisions[] = {ProductPrecision::kFloat32,
                                            ProductPrecision::kBf16};

// A seed and a precision.
class DenseConvolutionGatheringTest
    : public testing::TestWithParam<std::tuple<int, ProductPrecision>> {};

TEST_P(DenseConvolutionGatheringTest, EqualsReference) {
  Case c = RandomGatheringCase(std::get<0>(GetParam()));
  c.options.precision = std::get<1>(GetParam());
  CheckCase(c, /*num_threads=*/2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DenseConvolutionGatheringTest,
                         testing::Combine(testing::Range(0, 40),
                                          testing::ValuesIn(kPrecisions)));

TEST(DenseConvolutionReferenceTest, GathersByHand) {
  DenseConvolutionOptions options = Options(1, 1, 3, 3, 1, 2);
  options.gathers = true;
  options.stride = 2;
  options.pad = 1;
  DenseConvolutionProblem<double> problem(options, Layout::kDense);
  problem.x.tensor().FromVector({1, 2, 3, 4, 5, 6, 7, 8, 9});
  problem.w = {1, 10, 100, 1000};
  DenseConvolutionForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(),
              ElementsAre(1000, 3200, 7040, 9865));
}

class DenseConvolutionRandomTest
    : public testing::TestWithParam<std::tuple<int, ProductPrecision>> {};

TEST_P(DenseConvolutionRandomTest, EqualsReference) {
  Case c = RandomCase(std::get<0>(GetParam()));
  c.options.precision = std::get<1>(GetParam());
  CheckCase(c);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DenseConvolutionRandomTest,
                         testing::Combine(testing::Range(0, 60),
                                          testing::ValuesIn(kPrecisions)));

class DenseConvolutionCpuTest
    : public testing::TestWithParam<ProductPrecision> {};

INSTANTIATE_TEST_SUITE_P(Precisions, DenseConvolutionCpuTest,
                         testing::ValuesIn(kPrecisions));

// The maps of our networks, in each layout, with all flags.
TEST_P(DenseConvolutionCpuTest, EqualsReferenceOnUsualMaps) {
  for (const Layout layout :
       {Layout::kDense, Layout::kPadded, Layout::kAdjoined}) {
    for (const int64_t size : {7, 8, 14, 16, 28, 32}) {
      const int64_t num = size <= 8 ? 5 : 2;
      Case c = {Options(num, 25, size, size, 12, 3), layout, GradMode::kAdd};
      c.options = WithFlags(c.options, true, false, true, true);
      c.options.precision = GetParam();
      CheckCase(c);
      c.options.num_output = 40;
      c.options.kernel = 1;
      CheckCase(c);
      c.options.pools = true;
      CheckCase(c);
    }
  }
}

TEST_P(DenseConvolutionCpuTest, EqualsReferenceOnTinyMaps) {
  for (const int64_t kernel : {1, 3}) {
    for (const int64_t height : {1, 2, 3}) {
      for (const int64_t width : {1, 2, 33}) {
        Case c = {Options(3, 5, height, width, 3, kernel)};
        c.options = WithFlags(c.options, true, false, true, true);
        c.options.precision = GetParam();
        c.layout = Layout::kPadded;
        CheckCase(c);
      }
    }
  }
}

// The kernels are compiled once for each; the best is run unless told
// otherwise.
TEST_P(DenseConvolutionCpuTest, EqualsReferenceOnEachInstructionSet) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    for (const int64_t size : {7, 13, 33}) {
      for (const int64_t kernel : {1, 3}) {
        Case c = {Options(3, 29, size, size, 14, kernel), Layout::kAdjoined};
        c.options = WithFlags(c.options, true, false, true, true);
        c.options.precision = GetParam();
        CheckCase(c);
        c.options.pools = kernel == 1;
        c.options.normalizes = false;
        c.layout = Layout::kPadded;
        CheckCase(c);
      }
    }
    CheckCase(RandomGatheringCase(1));
    CheckCase(RandomGatheringCase(2));
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST_P(DenseConvolutionCpuTest, SameBitsForAnyNumberOfThreads) {
  for (const int64_t kernel : {1, 3}) {
    for (const int64_t size : {7, 32}) {
      DenseConvolutionOptions options = WithFlags(
          Options(9, 20, size, size, 12, kernel), true, false, true, true);
      options.precision = GetParam();
      std::vector<DenseConvolutionProblem<float>> problems;
      for (const int threads : {1, 2, 3}) {
        CpuDevice device(threads);
        const auto kernel = MakeDenseConvolutionCpu(options, device);
        problems.emplace_back(options, Layout::kPadded);
        RunForward(kernel.get(), &problems.back());
        RunBackward(kernel.get(), &problems.back());
        const auto &first = problems.front(), &last = problems.back();
        EXPECT_EQ(first.y_mean, last.y_mean);
        EXPECT_EQ(first.y_variance, last.y_variance);
        EXPECT_EQ(first.dgamma, last.dgamma);
        EXPECT_EQ(first.dbeta, last.dbeta);
        EXPECT_EQ(first.dw, last.dw);
        EXPECT_EQ(problems.front().y.tensor().ToVector(),
                  problems.back().y.tensor().ToVector());
        EXPECT_EQ(problems.front().dx.tensor().ToVector(),
                  problems.back().dx.tensor().ToVector());
      }
    }
  }
}

// Values around 10000 with a deviation below 1: sums of squares of floats would
// leave nothing of the variance.
TEST(DenseConvolutionStatisticsTest, SurviveLargeMean) {
  DenseConvolutionOptions options = Options(5, 1, 23, 29, 3, 1);
  options.has_statistics = true;
  for (const Layout layout : {Layout::kPadded, Layout::kAdjoined}) {
    DenseConvolutionProblem<float> problem(options, layout);
    RandomStream random(5);
    problem.x.tensor().FillRandom(&random, 10000, 10001);
    problem.w = {1, -1, 0.5f};
    CpuDevice device(1);
    const auto kernel = MakeDenseConvolutionCpu(options, device);
    RunForward(kernel.get(), &problem);
    const std::vector<float> mean = problem.y_mean;
    const std::vector<float> variance = problem.y_variance;
    DenseConvolutionForwardReference(options, problem.forward_args());
    for (int k = 0; k < 3; ++k) {
      EXPECT_NEAR(mean[k], problem.y_mean[k], 1e-3);
      EXPECT_NEAR(variance[k], problem.y_variance[k],
                  1e-4 * problem.y_variance[k]);
    }
  }
}

}  // namespace
}  // namespace tamp
