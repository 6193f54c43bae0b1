#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/highway.h"
#include "kernels/bf16.h"
#include "kernels/grad_mode.h"
#include "layers/fused_convolution/fused_convolution_cpu.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_convolution/fused_convolution_reference.h"
#include "layers/fused_convolution/fused_convolution_test_cases.h"
#include "layers/fused_convolution/fused_convolution_test_problem.h"
#include "tests/util/gradient_check.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;

TEST(FusedConvolutionReferenceTest, NormalizesAndConvolvesByHand) {
  FusedConvolutionOptions options = Options(1, 1, 2, 2, 1, 3);
  options.normalizes = true;
  options.has_statistics = true;
  FusedConvolutionProblem<double> problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({1, 2, 3, 4});
  problem.scale = {2};  // z is 0 0 2 4
  problem.shift = {-4};
  problem.w = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  FusedConvolutionForwardReference(options, problem.forward_args());
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
  FusedConvolutionBackwardReference(options, problem.backward_args());
  // dz is 5 6 8 9, of which the mask leaves the last two.
  EXPECT_THAT(problem.dx.tensor().ToVector(), ElementsAre(0, 0, 24, 27));
  EXPECT_THAT(problem.dgamma, ElementsAre(8 * 0.5 * 2 + 9 * 1.5 * 2));
  EXPECT_THAT(problem.dbeta, ElementsAre(17));
  EXPECT_THAT(problem.dw, ElementsAre(0, 0, 0, 0, 0, 0, 0, 2, 4));
}

TEST(FusedConvolutionReferenceTest, PoolsAndDropsByHand) {
  FusedConvolutionOptions options = Options(1, 2, 3, 2, 1, 1);
  options.pools = true;
  options.drops = true;
  FusedConvolutionProblem<double> problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({1, 2, 3, 4, 99, 99, 1, -1, 2, 2, 99, 99});
  problem.w = {10, 100};
  problem.mask.threshold = 0;  // keeps all
  problem.mask.kept = 2;
  FusedConvolutionForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(),
              ElementsAre(2 * (10 * 2.5 + 100 * 1)));

  problem.g.tensor().FromVector({4});
  problem.set_modes(GradMode::kAdd, GradMode::kAdd);
  problem.dx.tensor().Fill(1);
  problem.dw = {1, 1};
  FusedConvolutionBackwardReference(options, problem.backward_args());
  EXPECT_THAT(problem.dx.tensor().ToVector(),
              ElementsAre(21, 21, 21, 21, 1, 1, 201, 201, 201, 201, 1, 1));
  EXPECT_THAT(problem.dw, ElementsAre(1 + 8 * 2.5, 1 + 8 * 1));
}

// The objective is sum(c * y_hat), y_hat being y normalized by its own
// statistics: so p, q and r of the contract are checked as well.
class NormalizedObjective {
 public:
  explicit NormalizedObjective(FusedConvolutionProblem<double>* problem)
      : problem_(*problem), c_(problem->g.tensor().ToVector()) {}

  // Also leaves g, p, q and r for the backward kernel.
  double operator()() {
    const FusedConvolutionOptions& o = problem_.options;
    if (o.normalizes) NormalizeX();
    FusedConvolutionForwardReference(o, problem_.forward_args());
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
  FusedConvolutionProblem<double>& problem_;
  const std::vector<double> c_;
  TestTensor<double> gamma_{{1, problem_.options.channels}};
  TestTensor<double> beta_{{1, problem_.options.channels}};
};

class FusedConvolutionGradientTest
    : public testing::TestWithParam<FusedConvolutionOptions> {};

TEST_P(FusedConvolutionGradientTest, EqualsDifferences) {
  const FusedConvolutionOptions& options = GetParam();
  FusedConvolutionProblem<double> problem(options, MapOrder::kDense);
  RandomStream random(4);
  problem.x.tensor().FillRandom(&random);
  for (double& value : problem.inv_std) value = 1.5;
  NormalizedObjective objective(&problem);
  objective.gamma().FillRandom(&random, 0.5, 1.5);
  objective.beta().FillRandom(&random);
  problem.gamma = objective.gamma().ToVector();
  objective();
  FusedConvolutionBackwardReference(options, problem.backward_args());

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

INSTANTIATE_TEST_SUITE_P(
    Flags, FusedConvolutionGradientTest,
    testing::Values(
        WithFlags(Options(2, 3, 4, 5, 2, 3), true, false, true, true),
        WithFlags(Options(2, 3, 4, 3, 2, 3), false, false, false, true),
        WithFlags(Options(2, 3, 5, 4, 2, 1), true, true, true, true),
        WithFlags(Options(2, 2, 3, 3, 4, 1), true, false, false, true),
        WithFlags(Options(3, 2, 4, 4, 3, 1), false, true, false, true)));

// With a batch norm and a ReLU behind, as in nets for testing.
TEST(FusedConvolutionCpuTest, ShiftsAndRectifiesItsOutput) {
  for (const int64_t kernel : {1, 3}) {
    for (const int64_t width : {5, 16, 37}) {
      for (const bool rectifies : {false, true}) {
        Case c = {Options(3, 7, 6, width, 14, kernel), MapOrder::kPadded};
        c.options.normalizes = rectifies;
        c.options.shifts_output = true;
        c.options.rectifies_output = rectifies;
        SCOPED_TRACE(Describe(c));
        CpuDevice device(2);
        const auto made = MakeFusedConvolutionCpu(c.options, device).value();
        FusedConvolutionProblem<float> actual(c.options, c.layout);
        FusedConvolutionProblem<float> expected(c.options, c.layout);
        RunForward(made.get(), &actual);
        FusedConvolutionForwardReference(c.options, expected.forward_args());
        ExpectForwardEqual(&actual, &expected);
      }
    }
  }
}

// How products are made. A processor that has no pairs multiplies floats.
struct Products {
  ProductPrecision precision;
  Bf16Products bf16;
};
constexpr Products kProducts[] = {
    {ProductPrecision::kFloat32, Bf16Products::kFastest},
    {ProductPrecision::kBf16, Bf16Products::kFloats},
    {ProductPrecision::kBf16, Bf16Products::kPairs}};

void Use(const Products& products, FusedConvolutionOptions* options) {
  options->precision = products.precision;
  options->bf16_products = products.bf16;
}

// A seed and how products are made.
class FusedConvolutionGatheringTest
    : public testing::TestWithParam<std::tuple<int, Products>> {};

TEST_P(FusedConvolutionGatheringTest, EqualsReference) {
  Case c = RandomGatheringCase(std::get<0>(GetParam()));
  Use(std::get<1>(GetParam()), &c.options);
  CheckCase(c, /*num_threads=*/2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FusedConvolutionGatheringTest,
                         testing::Combine(testing::Range(0, 27),
                                          testing::ValuesIn(kProducts)));

TEST(FusedConvolutionReferenceTest, GathersByHand) {
  FusedConvolutionOptions options = Options(1, 1, 3, 3, 1, 2);
  options.gathers = true;
  options.stride = 2;
  options.pad = 1;
  FusedConvolutionProblem<double> problem(options, MapOrder::kDense);
  problem.x.tensor().FromVector({1, 2, 3, 4, 5, 6, 7, 8, 9});
  problem.w = {1, 10, 100, 1000};
  FusedConvolutionForwardReference(options, problem.forward_args());
  EXPECT_THAT(problem.y.tensor().ToVector(),
              ElementsAre(1000, 3200, 7040, 9865));
}

class FusedConvolutionRandomTest
    : public testing::TestWithParam<std::tuple<int, Products>> {};

TEST_P(FusedConvolutionRandomTest, EqualsReference) {
  Case c = RandomCase(std::get<0>(GetParam()));
  Use(std::get<1>(GetParam()), &c.options);
  CheckCase(c);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FusedConvolutionRandomTest,
                         testing::Combine(testing::Range(0, 60),
                                          testing::ValuesIn(kProducts)));

class FusedConvolutionCpuTest : public testing::TestWithParam<Products> {};

INSTANTIATE_TEST_SUITE_P(Products, FusedConvolutionCpuTest,
                         testing::ValuesIn(kProducts));

// The maps of our networks, in each layout, with all flags.
TEST_P(FusedConvolutionCpuTest, EqualsReferenceOnUsualMaps) {
  for (const MapOrder layout :
       {MapOrder::kDense, MapOrder::kPadded, MapOrder::kAdjoined}) {
    for (const int64_t size : {7, 8, 14, 16, 28, 32}) {
      const int64_t num = size <= 8 ? 5 : 2;
      Case c = {Options(num, 25, size, size, 12, 3), layout, GradMode::kAdd};
      c.options = WithFlags(c.options, true, false, true, true);
      Use(GetParam(), &c.options);
      CheckCase(c);
      c.options.num_output = 40;
      c.options.kernel = 1;
      CheckCase(c);
      c.options.pools = true;
      CheckCase(c);
    }
  }
}

TEST_P(FusedConvolutionCpuTest, EqualsReferenceOnTinyMaps) {
  for (const int64_t kernel : {1, 3}) {
    for (const int64_t height : {1, 2, 3}) {
      for (const int64_t width : {1, 2, 33}) {
        Case c = {Options(3, 5, height, width, 3, kernel)};
        c.options = WithFlags(c.options, true, false, true, true);
        Use(GetParam(), &c.options);
        c.layout = MapOrder::kPadded;
        CheckCase(c);
      }
    }
  }
}

// The kernels are compiled once for each; the best is run unless told
// otherwise.
TEST_P(FusedConvolutionCpuTest, EqualsReferenceOnEachInstructionSet) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    for (const int64_t size : {7, 13, 33}) {
      for (const int64_t kernel : {1, 3}) {
        Case c = {Options(3, 29, size, size, 14, kernel), MapOrder::kAdjoined};
        c.options = WithFlags(c.options, true, false, true, true);
        Use(GetParam(), &c.options);
        CheckCase(c);
        c.options.pools = kernel == 1;
        c.options.normalizes = false;
        c.layout = MapOrder::kPadded;
        CheckCase(c);
      }
    }
    for (const uint64_t seed : {1, 2}) {
      Case c = RandomGatheringCase(seed);
      Use(GetParam(), &c.options);
      CheckCase(c);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST_P(FusedConvolutionCpuTest, SameBitsForAnyNumberOfThreads) {
  for (const int64_t kernel : {1, 3}) {
    for (const int64_t size : {7, 32}) {
      FusedConvolutionOptions options = WithFlags(
          Options(9, 20, size, size, 12, kernel), true, false, true, true);
      Use(GetParam(), &options);
      std::vector<FusedConvolutionProblem<float>> problems;
      for (const int threads : {1, 2, 3}) {
        CpuDevice device(threads);
        const auto kernel = MakeFusedConvolutionCpu(options, device).value();
        problems.emplace_back(options, MapOrder::kPadded);
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

// Each factor is rounded by at most 2^-8 of itself, so a product of positive
// numbers, and a sum of such, by little more than 2^-7.
TEST(FusedConvolutionBf16Test, ErrorIsThatOfRounding) {
  for (const int64_t kernel : {1, 3}) {
    FusedConvolutionOptions options = Options(2, 37, 19, 23, 13, kernel);
    FusedConvolutionProblem<float> exact(options, MapOrder::kDense);
    options.precision = ProductPrecision::kBf16;
    FusedConvolutionProblem<float> rounded(options, MapOrder::kDense);
    RandomStream random(8);
    exact.x.tensor().FillRandom(&random, 0.1, 1);
    exact.g.tensor().FillRandom(&random, 0.1, 1);
    for (float& w : exact.w) w = 0.1f + random.Uniform();
    rounded.x.tensor().FromVector(exact.x.tensor().ToVector());
    rounded.g.tensor().FromVector(exact.g.tensor().ToVector());
    rounded.w = exact.w;
    CpuDevice device(1);
    const auto kernel_of_bf16 =
        MakeFusedConvolutionCpu(options, device).value();
    RunForward(kernel_of_bf16.get(), &rounded);
    RunBackward(kernel_of_bf16.get(), &rounded);
    FusedConvolutionForwardReference(exact.options, exact.forward_args());
    FusedConvolutionBackwardReference(exact.options, exact.backward_args());
    const auto expect_close = [](const std::vector<float>& actual,
                                 const std::vector<float>& expected) {
      double largest = 0;
      for (size_t i = 0; i < expected.size(); ++i) {
        const double error = std::fabs(actual[i] / double{expected[i]} - 1);
        ASSERT_LT(error, 1.01 / 128);
        largest = std::max(largest, error);
      }
      EXPECT_GT(largest, 1e-5) << "nothing was rounded";
    };
    expect_close(rounded.y.tensor().ToVector(), exact.y.tensor().ToVector());
    expect_close(rounded.dx.tensor().ToVector(), exact.dx.tensor().ToVector());
    expect_close(rounded.dw, exact.dw);
  }
}

// Values around 10000 with a deviation below 1: sums of squares of floats would
// leave nothing of the variance.
TEST(FusedConvolutionStatisticsTest, SurviveLargeMean) {
  FusedConvolutionOptions options = Options(5, 1, 23, 29, 3, 1);
  options.has_statistics = true;
  for (const MapOrder layout : {MapOrder::kPadded, MapOrder::kAdjoined}) {
    FusedConvolutionProblem<float> problem(options, layout);
    RandomStream random(5);
    problem.x.tensor().FillRandom(&random, 10000, 10001);
    problem.w = {1, -1, 0.5f};
    CpuDevice device(1);
    const auto kernel = MakeFusedConvolutionCpu(options, device).value();
    RunForward(kernel.get(), &problem);
    const std::vector<float> mean = problem.y_mean;
    const std::vector<float> variance = problem.y_variance;
    FusedConvolutionForwardReference(options, problem.forward_args());
    for (int k = 0; k < 3; ++k) {
      EXPECT_NEAR(mean[k], problem.y_mean[k], 1e-3);
      EXPECT_NEAR(variance[k], problem.y_variance[k],
                  1e-4 * problem.y_variance[k]);
    }
  }
}

}  // namespace
}  // namespace tamp
