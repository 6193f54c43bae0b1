#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "kernels/shared_statistics.h"
#include "layers/batch_norm_apply/batch_norm_apply_cpu.h"
#include "layers/batch_norm_apply/batch_norm_apply_kernel.h"
#include "layers/batch_norm_apply/batch_norm_apply_layer.h"
#include "layers/batch_norm_apply/batch_norm_apply_reference.h"
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
using testing::HasSubstr;

LayerParameter ParameterOfApply() {
  LayerParameter parameter;
  parameter.set_name("bn");
  parameter.set_type("BatchNormApply");
  parameter.add_bottom("x");
  parameter.add_bottom("x/statistics");
  parameter.add_top("y");
  parameter.mutable_batch_norm_param()->set_scale_bias(true);
  return parameter;
}

absl::StatusOr<LayerPlan> PlanFor(const Shape& x, const Shape& statistics) {
  CpuDevice device(1);
  PlanContext context;
  context.device = &device;
  auto layer =
      BatchNormApplyLayer::Create(ParameterOfApply(), MakeBatchNormApplyCpu);
  if (!layer.ok()) return layer.status();
  return (*layer)->Plan({x, statistics}, context);
}

TEST(BatchNormApplyLayerTest, PlansTheParametersOfABatchNorm) {
  ASSERT_OK_AND_ASSIGN(const LayerPlan plan, PlanFor({2, 3, 4, 5}, {1, 3, 2}));
  EXPECT_THAT(plan.outputs, ElementsAre(Shape({2, 3, 4, 5})));
  ASSERT_EQ(plan.parameters.size(), 4u);
  EXPECT_EQ(plan.parameters[0].name, "weight");
  EXPECT_EQ(plan.parameters[3].name, "running_var");
}

TEST(BatchNormApplyLayerTest, RefusesStatisticsOfOtherChannels) {
  EXPECT_THAT(PlanFor({2, 3, 4, 5}, {1, 4, 2}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("shape 1x4x2, not 1x3x2")));
}

class BatchNormApplyLayerRunTest
    : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, BatchNormApplyLayerRunTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

// Two channels of two images, with eps 1 and f = 0.5:
//
//   channel  x     mean, variance  x_hat   gamma, beta
//   0        1, 5  1, 3            0, 2    4, 7
//   1        2, 2  6, 0            -4, -4  -1, 0
//
// Padding between images alone: statistics are dense.
TEST_P(BatchNormApplyLayerRunTest, ByHand) {
  LayerParameter parameter = ParameterOfApply();
  parameter.mutable_batch_norm_param()->set_eps(1);
  parameter.mutable_batch_norm_param()->set_moving_average_fraction(0.5);
  LayerRunner runner(GetParam(), parameter, {{2, 2, 1}, {1, 2, 2}}, {}, {0, 5});
  ASSERT_OK(runner.status());
  runner.input(0).FromVector({1, 2, 5, 2});
  runner.input(1).FromVector({1, 3, 6, 0});
  runner.parameter(0).FromVector({4, -1});
  runner.parameter(1).FromVector({7, 0});
  runner.parameter(2).FromVector({3, 0});
  runner.parameter(3).FromVector({2, 8});
  runner.Forward();
  EXPECT_THAT(runner.output(0).ToVector(), ElementsAre(7, 4, 15, 4));
  EXPECT_THAT(runner.parameter(2).ToVector(), ElementsAre(2, 3));
  EXPECT_THAT(runner.parameter(3).ToVector(), ElementsAre(4, 4))
      << "of unbiased variances 6 and 0";

  runner.output_grad(0).FromVector({10, 1, 20, 2});
  runner.set_input_grad_mode(1, GradMode::kAdd);
  runner.input_grad(1).FromVector({1, 1, 1, 1});
  runner.Backward();
  // g is gamma * dy; the gradients of the statistics hold the sums of g and of
  // g * x_hat.
  EXPECT_THAT(runner.input_grad(0).ToVector(), ElementsAre(40, -1, 80, -2));
  EXPECT_THAT(runner.input_grad(1).ToVector(), ElementsAre(121, 161, -2, 13));
  EXPECT_THAT(runner.parameter_grad(0).ToVector(), ElementsAre(40, -12));
  EXPECT_THAT(runner.parameter_grad(1).ToVector(), ElementsAre(30, 3));
  EXPECT_TRUE(runner.PaddingIsUntouched());
}

TEST(BatchNormApplyReferenceTest, ByHand) {
  // Mean 1, variance 3, eps 1: inv_std 1/2; f = 0.5; two elements.
  const BatchNormApplyOptions options = {1, 1, 2, 1.0f, 0.5f};
  TestTensor<double> x({1, 1, 2}), y({1, 1, 2}), dy({1, 1, 2}), g({1, 1, 2});
  x.FromVector({1, 5});
  dy.FromVector({10, 20});
  const double statistics[] = {1, 3}, gamma = 4, beta = 7;
  double running_mean = 3, running_variance = 2;
  BatchNormApplyForwardReference<double>(
      options, {x.strided(), statistics, &gamma, &beta, &running_mean,
                &running_variance, nullptr, y.strided()});
  EXPECT_THAT(y.ToVector(), ElementsAre(7, 15));
  EXPECT_EQ(running_mean, 2);
  EXPECT_EQ(running_variance, 4) << "(2 + 3 * 2 / 1) / 2";

  double sums[] = {1, 1}, dgamma = 0, dbeta = 1;
  BatchNormApplyBackwardReference<double>(
      options, {x.strided(), statistics, &gamma, dy.strided(), g.strided(),
                GradMode::kWrite, sums, GradMode::kAdd, &dgamma,
                GradMode::kWrite, &dbeta, GradMode::kAdd});
  EXPECT_THAT(g.ToVector(), ElementsAre(40, 80));
  EXPECT_EQ(dgamma, 40) << "20 * (5 - 1) / 2";
  EXPECT_EQ(dbeta, 31);
  EXPECT_THAT(sums, ElementsAre(121, 161));
}

// In Caffe's terms: of batches with means 1 and 2 and unbiased variances 6 and
// 4 the sums are 0.5 * 1 + 2 and 0.5 * 6 + 4, and that of the weights 0.5 + 1.
TEST(BatchNormApplyReferenceTest, WeightedMeanByHand) {
  const BatchNormApplyOptions options = {1, 1, 2, 1.0f, 0.5f};
  TestTensor<double> x({1, 1, 2}), y({1, 1, 2});
  const double first[] = {1, 3}, second[] = {2, 2}, gamma = 4, beta = 7;
  double running_mean = 9, running_variance = 9, running_weight = 0;
  BatchNormApplyForwardArgs<double> args = {
      x.strided(),       first,           &gamma,     &beta, &running_mean,
      &running_variance, &running_weight, y.strided()};
  BatchNormApplyForwardReference<double>(options, args);
  EXPECT_EQ(running_weight, 1);
  EXPECT_EQ(running_mean, 1);
  EXPECT_EQ(running_variance, 6);
  args.statistics = second;
  BatchNormApplyForwardReference<double>(options, args);
  args.is_recomputation = true;
  BatchNormApplyForwardReference<double>(options, args);
  EXPECT_EQ(running_weight, 1.5);
  EXPECT_DOUBLE_EQ(running_mean, 2.5 / 1.5);
  EXPECT_DOUBLE_EQ(running_variance, 7 / 1.5);
}

// With the statistics fixed dy / dx is gamma * inv_std, and g leaves inv_std to
// whoever made x.
TEST(BatchNormApplyReferenceTest, GradientCheck) {
  const Shape shape = {3, 2, 4}, per_channel = {1, 2};
  const BatchNormApplyOptions options = {3, 2, 4, 0.1f, 0.9f};
  RandomStream random(9);
  TestTensor<double> x(shape), y(shape), dy(shape), g(shape);
  TestTensor<double> gamma(per_channel), beta(per_channel);
  TestTensor<double> dgamma(per_channel), dbeta(per_channel);
  for (TestTensor<double>* tensor : {&x, &dy, &gamma, &beta}) {
    tensor->FillRandom(&random);
  }
  const std::vector<double> statistics = {0.2, 0.7, -0.3, 1.5};
  std::vector<double> running(4), sums(4);
  const auto objective = [&] {
    BatchNormApplyForwardReference<double>(
        options, {x.strided(), statistics.data(), gamma.at(0, 0), beta.at(0, 0),
                  running.data(), running.data() + 2, nullptr, y.strided()});
    return Dot(&dy, &y);
  };
  BatchNormApplyBackwardReference<double>(
      options,
      {x.strided(), statistics.data(), gamma.at(0, 0), dy.strided(),
       g.strided(), GradMode::kWrite, sums.data(), GradMode::kWrite,
       dgamma.at(0, 0), GradMode::kWrite, dbeta.at(0, 0), GradMode::kWrite});
  CheckGradient(objective, &gamma, &dgamma);
  CheckGradient(objective, &beta, &dbeta);
  for (int64_t n = 0; n < shape.num(); ++n) {
    for (int64_t c = 0; c < shape.channels(); ++c) {
      for (int64_t s = 0; s < shape.spatial(); ++s) {
        g.at(n, c)[s] *= InverseDeviation(statistics[2 * c + 1], options.eps);
      }
    }
  }
  CheckGradient(objective, &x, &g);
}

struct Case {
  Shape shape;
  Padding padding;
  bool weighted = false;  // the running statistics
};

class BatchNormApplyCpuTest : public testing::TestWithParam<Case> {};

// All that one run of forward and backward makes.
struct Results {
  std::vector<float> y, g, running_mean, running_variance, running_weight;
  std::vector<float> sums, dgamma, dbeta;
};

template <typename Forward, typename Backward>
Results RunKernel(const Case& c, GradMode mode, Forward forward,
                  Backward backward) {
  const int64_t channels = c.shape.channels();
  RandomStream random(3);
  TestTensor<float> x(c.shape, c.padding), y(c.shape, c.padding);
  TestTensor<float> dy(c.shape, c.padding), g(c.shape, c.padding);
  x.FillRandom(&random);
  dy.FillRandom(&random);
  g.Fill(9);
  const auto numbers = [&](int64_t size) {
    std::vector<float> v(size);
    for (float& value : v) value = 0.5f + random.Uniform();
    return v;
  };
  const std::vector<float> statistics = numbers(2 * channels);
  const std::vector<float> gamma = numbers(channels), beta = numbers(channels);
  Results r;
  r.running_mean = numbers(channels);
  r.running_variance = numbers(channels);
  r.running_weight = {2.5f};
  r.sums = numbers(2 * channels);
  r.dgamma = numbers(channels);
  r.dbeta = numbers(channels);
  forward(BatchNormApplyForwardArgs<float>{
      x.strided(), statistics.data(), gamma.data(), beta.data(),
      r.running_mean.data(), r.running_variance.data(),
      c.weighted ? r.running_weight.data() : nullptr, y.strided()});
  backward(BatchNormApplyBackwardArgs<float>{
      x.strided(), statistics.data(), gamma.data(), dy.strided(), g.strided(),
      mode, r.sums.data(), mode, r.dgamma.data(), mode, r.dbeta.data(), mode});
  EXPECT_TRUE(y.PaddingIsUntouched());
  EXPECT_TRUE(g.PaddingIsUntouched());
  r.y = y.ToVector();
  r.g = g.ToVector();
  return r;
}

TEST_P(BatchNormApplyCpuTest, EqualsReference) {
  const Shape& shape = GetParam().shape;
  const BatchNormApplyOptions options = {shape.num(), shape.channels(),
                                         shape.spatial(), 1e-5f, 0.9f};
  for (const GradMode mode :
       {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
    const Results expected = RunKernel(
        GetParam(), mode,
        [&](const auto& args) {
          BatchNormApplyForwardReference<float>(options, args);
        },
        [&](const auto& args) {
          BatchNormApplyBackwardReference<float>(options, args);
        });
    for (const int threads : {1, 3}) {
      CpuDevice device(threads);
      const auto kernel = MakeBatchNormApplyCpu(options, device).value();
      const Results actual = RunKernel(
          GetParam(), mode, [&](const auto& args) { kernel->Forward(args); },
          [&](const auto& args) { kernel->Backward(args); });
      EXPECT_TRUE(AllClose(actual.y, expected.y, 8));
      EXPECT_TRUE(AllClose(actual.g, expected.g, 8));
      EXPECT_TRUE(AllClose(actual.running_mean, expected.running_mean, 2));
      EXPECT_TRUE(
          AllClose(actual.running_variance, expected.running_variance, 2));
      EXPECT_EQ(actual.running_weight, expected.running_weight);
      EXPECT_TRUE(AllClose(actual.sums, expected.sums, 8));
      EXPECT_TRUE(AllClose(actual.dgamma, expected.dgamma, 8));
      EXPECT_TRUE(AllClose(actual.dbeta, expected.dbeta, 8));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, BatchNormApplyCpuTest,
    testing::Values(Case{{2, 1, 1}, {}}, Case{{2, 3, 15}, {1, 0}},
                    Case{{2, 3, 15}, {1, 0}, true}, Case{{3, 2, 16}, {0, 5}},
                    Case{{2, 5, 17}, {3, 7}}, Case{{4, 7}, {2, 3}, true}));

}  // namespace
}  // namespace tamp
