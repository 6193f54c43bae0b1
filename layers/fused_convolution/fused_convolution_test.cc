#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "gtest/gtest.h"
#include "hwy/highway.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "layers/fused_convolution/fused_convolution_cpu.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_convolution/fused_convolution_reference.h"
#include "layers/fused_convolution/fused_convolution_test_cases.h"
#include "layers/fused_convolution/fused_convolution_test_problem.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_maps.h"

namespace tamp {
namespace {

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
        EXPECT_EQ(first.terms, last.terms);
        EXPECT_EQ(first.running_variance, last.running_variance);
        EXPECT_EQ(first.y_statistics, last.y_statistics);
        EXPECT_EQ(first.statistics_grad, last.statistics_grad);
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
    const std::vector<float> statistics = problem.y_statistics;
    FusedConvolutionForwardReference(options, problem.forward_args());
    const std::vector<float>& expected = problem.y_statistics;
    for (int k = 0; k < 3; ++k) {
      EXPECT_NEAR(statistics[2 * k], expected[2 * k], 1e-3);
      EXPECT_NEAR(statistics[2 * k + 1], expected[2 * k + 1],
                  1e-4 * expected[2 * k + 1]);
    }
  }
}

}  // namespace
}  // namespace tamp
