#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/shared_statistics.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_cpu.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_kernel.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_layer.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_reference.h"
#include "layers/layer.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/gradient_check.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;

LayerParameter ParameterOfStatistics() {
  LayerParameter parameter;
  parameter.set_name("bn");
  parameter.set_type("BatchNormStatistics");
  parameter.add_bottom("x");
  parameter.add_top("x");
  parameter.add_top("x/statistics");
  return parameter;
}

TEST(BatchNormStatisticsLayerTest, PlansItsInputAndStatistics) {
  CpuDevice device(1);
  PlanContext context;
  context.device = &device;
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<Layer> layer,
      BatchNormStatisticsLayer::Create(ParameterOfStatistics(),
                                       MakeBatchNormStatisticsCpu));
  const Shape shape = {2, 3, 4, 5};
  ASSERT_OK_AND_ASSIGN(const LayerPlan plan, layer->Plan({shape}, context));
  EXPECT_THAT(plan.outputs, ElementsAre(shape, Shape({1, 3, 2})));
  EXPECT_TRUE(plan.can_run_in_place);
  EXPECT_FALSE(plan.backward_reads_inputs);
}

class BatchNormStatisticsLayerRunTest
    : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, BatchNormStatisticsLayerRunTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

// Two channels of two images, 1 3 5 7 and 2 2 2 2: with eps 4, the inverses of
// their deviations are 1/3 and 1/2, x_hat is -1 -1/3 1/3 1 and 0. Padding
// between images alone: statistics are dense.
TEST_P(BatchNormStatisticsLayerRunTest, ByHandAlsoInPlace) {
  LayerParameter parameter = ParameterOfStatistics();
  parameter.mutable_batch_norm_param()->set_eps(4);
  for (const bool in_place : {false, true}) {
    LayerRunner::Options options;
    options.in_place = options.backward_in_place = in_place;
    LayerRunner runner(GetParam(), parameter, {{2, 2, 2}}, options, {0, 5});
    ASSERT_OK(runner.status());
    const std::vector<float> x = {1, 3, 2, 2, 5, 7, 2, 2};
    runner.input(0).FromVector(x);
    runner.Forward();
    EXPECT_EQ(runner.output(0).ToVector(), x);
    EXPECT_THAT(runner.output(1).ToVector(), ElementsAre(4, 5, 2, 0));

    // g, and the sums of g and of g * x_hat that its readers leave.
    runner.output_grad(0).FromVector({12, 0, 8, 0, 0, 0, 0, 0});
    runner.output_grad(1).FromVector({12, -12, 8, 0});
    runner.Backward();
    // (g - 3 + 3 * x_hat) / 3 and (g - 2) / 2.
    EXPECT_TRUE(AllClose(runner.input_grad(0).ToVector(),
                         {2, -4 / 3.0f, 3, -1, -2 / 3.0f, 0, -1, -1}, 4));
    EXPECT_TRUE(runner.PaddingIsUntouched());
  }
}

TEST(BatchNormStatisticsReferenceTest, ByHand) {
  const BatchNormStatisticsOptions options = {2, 1, 2, 1.0f};
  TestTensor<double> x({2, 1, 2}), y({2, 1, 2}), g({2, 1, 2}), dx({2, 1, 2});
  x.FromVector({1, 3, 5, 7});
  std::vector<double> statistics(2), sums = {4, 8};
  BatchNormStatisticsForwardReference<double>(
      options, {x.strided(), y.strided(), statistics.data()});
  EXPECT_THAT(statistics, ElementsAre(4, 5));
  EXPECT_EQ(y.ToVector(), x.ToVector());
  // With g = 0: dx = -(sum_g / 4 + x_hat * sum_gx / 4) / sqrt(6).
  statistics = {4, 5};
  BatchNormStatisticsBackwardReference<double>(
      options, {y.strided(), statistics.data(), sums.data(), g.strided(),
                dx.strided(), GradMode::kWrite});
  const double inv_std = 1 / std::sqrt(6.0);
  EXPECT_NEAR(dx.at(0, 0)[0], -inv_std * (1 - 3 * inv_std * 2), 1e-12);
  EXPECT_NEAR(dx.at(1, 0)[1], -inv_std * (1 + 3 * inv_std * 2), 1e-12);
}

// The objective sum(upstream * x_hat): the g of a single reader with gamma 1.
TEST(BatchNormStatisticsReferenceTest, GradientCheck) {
  const Shape shape = {3, 2, 4};
  const BatchNormStatisticsOptions options = {3, 2, 4, 0.1f};
  RandomStream random(8);
  TestTensor<double> x(shape), y(shape), g(shape), dx(shape), x_hat(shape);
  x.FillRandom(&random);
  g.FillRandom(&random);
  std::vector<double> statistics(4), sums(4);
  const auto objective = [&] {
    BatchNormStatisticsForwardReference<double>(
        options, {x.strided(), y.strided(), statistics.data()});
    for (int64_t n = 0; n < shape.num(); ++n) {
      for (int64_t c = 0; c < shape.channels(); ++c) {
        const double inv_std =
            InverseDeviation(statistics[2 * c + 1], options.eps);
        for (int64_t s = 0; s < shape.spatial(); ++s) {
          x_hat.at(n, c)[s] = (y.at(n, c)[s] - statistics[2 * c]) * inv_std;
        }
      }
    }
    return Dot(&g, &x_hat);
  };
  objective();
  for (int64_t n = 0; n < shape.num(); ++n) {
    for (int64_t c = 0; c < shape.channels(); ++c) {
      for (int64_t s = 0; s < shape.spatial(); ++s) {
        sums[2 * c] += g.at(n, c)[s];
        sums[2 * c + 1] += g.at(n, c)[s] * x_hat.at(n, c)[s];
      }
    }
  }
  BatchNormStatisticsBackwardReference<double>(
      options, {y.strided(), statistics.data(), sums.data(), g.strided(),
                dx.strided(), GradMode::kWrite});
  CheckGradient(objective, &x, &dx);
}

struct Case {
  Shape shape;
  Padding padding;
};

class BatchNormStatisticsCpuTest : public testing::TestWithParam<Case> {};

TEST_P(BatchNormStatisticsCpuTest, EqualsReference) {
  const auto& [shape, padding] = GetParam();
  const BatchNormStatisticsOptions options = {shape.num(), shape.channels(),
                                              shape.spatial(), 1e-5f};
  const int64_t size = 2 * shape.channels();
  for (const int threads : {1, 3}) {
    CpuDevice device(threads);
    const auto kernel = MakeBatchNormStatisticsCpu(options, device).value();
    RandomStream random(5);
    TestTensor<float> x(shape, padding), y(shape, padding), g(shape, padding);
    TestTensor<float> expected(shape);
    // Far from 0: the variance must survive the mean.
    x.FillRandom(&random, 999, 1001);
    g.FillRandom(&random);
    std::vector<float> statistics(size), expected_statistics(size), sums(size);
    for (float& sum : sums) sum = random.Uniform();

    kernel->Forward({x.strided(), y.strided(), statistics.data()});
    BatchNormStatisticsForwardReference<float>(
        options, {x.strided(), expected.strided(), expected_statistics.data()});
    EXPECT_TRUE(AllClose(statistics, expected_statistics, 2));
    EXPECT_EQ(y.ToVector(), x.ToVector());
    EXPECT_TRUE(y.PaddingIsUntouched());

    for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
      TestTensor<float> dx(shape, padding), expected_dx(shape);
      dx.Fill(9);
      expected_dx.Fill(9);
      kernel->Backward({y.strided(), statistics.data(), sums.data(),
                        g.strided(), dx.strided(), mode});
      BatchNormStatisticsBackwardReference<float>(
          options, {y.strided(), statistics.data(), sums.data(), g.strided(),
                    expected_dx.strided(), mode});
      // q * x and r cancel: what remains has the error of a mean of 1000.
      EXPECT_TRUE(AllClose(dx.ToVector(), expected_dx.ToVector(), 8000));
      EXPECT_TRUE(dx.PaddingIsUntouched());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AwkwardSizes, BatchNormStatisticsCpuTest,
                         testing::Values(Case{{2, 1, 1}, {}},
                                         Case{{2, 3, 15}, {1, 0}},
                                         Case{{3, 2, 16}, {0, 5}},
                                         Case{{2, 5, 17}, {3, 7}},
                                         Case{{4, 7}, {2, 3}}));

}  // namespace
}  // namespace tamp
