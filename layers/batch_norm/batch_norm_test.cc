#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/batch_norm/batch_norm_cpu.h"
#include "layers/batch_norm/batch_norm_kernel.h"
#include "layers/batch_norm/batch_norm_layer.h"
#include "layers/batch_norm/batch_norm_reference.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/gradient_check.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::FloatEq;
using testing::FloatNear;
using testing::HasSubstr;

LayerParameter BatchNormLayerParameter(bool scale_bias) {
  LayerParameter parameter;
  parameter.set_name("bn");
  parameter.set_type("BatchNorm");
  parameter.add_bottom("x");
  parameter.add_top("y");
  parameter.mutable_batch_norm_param()->set_scale_bias(scale_bias);
  return parameter;
}

std::vector<std::string> Names(const LayerPlan& plan) {
  std::vector<std::string> names;
  for (const ParameterPlan& parameter : plan.parameters) {
    names.push_back(parameter.name);
    EXPECT_EQ(parameter.kind, parameter.name.substr(0, 7) == "running"
                                  ? ParameterPlan::Kind::kStatistic
                                  : ParameterPlan::Kind::kLearned);
  }
  return names;
}

TEST(BatchNormLayerTest, Plans) {
  CpuDevice device(1);
  PlanContext context;
  context.device = &device;
  const Shape shape = {2, 3, 4, 5};
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<Layer> layer,
      BatchNormLayer::Create(BatchNormLayerParameter(true), MakeBatchNormCpu));
  ASSERT_OK_AND_ASSIGN(const LayerPlan plan, layer->Plan({shape}, context));
  EXPECT_THAT(plan.outputs, ElementsAre(shape));
  EXPECT_THAT(Names(plan),
              ElementsAre("weight", "bias", "running_mean", "running_var"));
  std::vector<float> starts;
  for (const ParameterPlan& parameter : plan.parameters) {
    EXPECT_EQ(parameter.shape, Shape({3}));
    EXPECT_EQ(parameter.filler.type(), "constant");
    starts.push_back(parameter.filler.value());
  }
  EXPECT_THAT(starts, ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(plan.saved_bytes, ElementsAre(12, 12));
  EXPECT_TRUE(plan.can_run_in_place);
  EXPECT_TRUE(plan.backward_reads_inputs);
  EXPECT_FALSE(plan.backward_reads_outputs);
}

TEST(BatchNormLayerTest, PlansCaffesFormOnAnyRank) {
  CpuDevice device(1);
  PlanContext context;
  context.device = &device;
  LayerParameter parameter = BatchNormLayerParameter(false);
  for (int i = 0; i < 3; ++i) parameter.add_param()->set_lr_mult(0);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Layer> layer,
                       BatchNormLayer::Create(parameter, MakeBatchNormCpu));
  for (const Shape& shape : {Shape{7}, Shape{7, 2}, Shape{7, 2, 3}}) {
    ASSERT_OK_AND_ASSIGN(const LayerPlan plan, layer->Plan({shape}, context));
    EXPECT_THAT(Names(plan),
                ElementsAre("running_mean", "running_var", "running_weight"));
    EXPECT_EQ(plan.parameters[0].shape, Shape({shape.channels()}));
    EXPECT_EQ(plan.parameters[2].shape, Shape({1}));
    EXPECT_EQ(plan.parameters[2].filler.value(), 0);
  }
}

TEST(BatchNormLayerTest, RefusesWhatItCannotDo) {
  LayerParameter parameter = BatchNormLayerParameter(true);
  parameter.mutable_batch_norm_param()->set_eps(0);
  EXPECT_THAT(BatchNormLayer::Create(parameter, MakeBatchNormCpu),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "eps is 0, it must be more than 0"));
  parameter = BatchNormLayerParameter(true);
  parameter.mutable_batch_norm_param()->set_moving_average_fraction(1.5);
  EXPECT_THAT(BatchNormLayer::Create(parameter, MakeBatchNormCpu),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "moving_average_fraction is 1.5, it must be in 0 to 1"));
  parameter = BatchNormLayerParameter(false);
  parameter.mutable_batch_norm_param()->mutable_bias_filler();
  EXPECT_THAT(BatchNormLayer::Create(parameter, MakeBatchNormCpu),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("only with scale_bias: true")));
  parameter = BatchNormLayerParameter(true);
  parameter.add_top("z");
  EXPECT_THAT(BatchNormLayer::Create(parameter, MakeBatchNormCpu),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("takes 1 top, has 2")));
}

// x less its own mean is 0: nothing passes.
TEST(BatchNormLayerTest, RefusesOneValueAChannel) {
  CpuDevice device(1);
  PlanContext context;
  context.device = &device;
  const auto plan = [&](const char* global, Phase phase, const Shape& shape) {
    LayerParameter parameter = BatchNormLayerParameter(true);
    if (*global != 0) {
      parameter.mutable_batch_norm_param()->set_use_global_stats(*global ==
                                                                 't');
    }
    context.phase = phase;
    const auto layer = BatchNormLayer::Create(parameter, MakeBatchNormCpu);
    return (*layer)->Plan({shape}, context).status();
  };
  const auto is_refused =
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("bottom 0 of shape 1x3x1x1 has one value a channel"));
  EXPECT_THAT(plan("", TRAIN, {1, 3, 1, 1}), is_refused);
  EXPECT_THAT(plan("false", TEST, {1, 3, 1, 1}), is_refused);
  EXPECT_OK(plan("", TEST, {1, 3, 1, 1}));
  EXPECT_OK(plan("true", TRAIN, {1, 3, 1, 1}));
  EXPECT_OK(plan("", TRAIN, {2, 3, 1, 1}));
  EXPECT_OK(plan("", TRAIN, {1, 3, 1, 2}));
}

// Layers with scale_bias, of one channel: 1 3 5 7, with mean 4 and variance 5,
// unbiased 20 / 3.
class BatchNormLayerRunTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  struct Start {
    float gamma, beta, mean, variance;
  };

  void Forward(const LayerParameter& parameter, Phase phase,
               const Start& start) {
    LayerRunner::Options options;
    options.phase = phase;
    runner_ = std::make_unique<LayerRunner>(
        GetParam(), parameter, std::vector<Shape>{{4, 1}}, options);
    ASSERT_OK(runner_->status());
    runner_->input(0).FromVector({1, 3, 5, 7});
    runner_->parameter(0).Fill(start.gamma);
    runner_->parameter(1).Fill(start.beta);
    runner_->parameter(2).Fill(start.mean);
    runner_->parameter(3).Fill(start.variance);
    runner_->Forward();
  }

  float y(int i) { return runner_->output(0).ToVector()[i]; }
  float mean() { return runner_->parameter(2).ToVector()[0]; }
  float variance() { return runner_->parameter(3).ToVector()[0]; }

  std::unique_ptr<LayerRunner> runner_;
};
INSTANTIATE_TEST_SUITE_P(Devices, BatchNormLayerRunTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(BatchNormLayerRunTest, TrainsAndTests) {
  LayerParameter parameter = BatchNormLayerParameter(true);
  parameter.mutable_batch_norm_param()->set_moving_average_fraction(0.75);
  for (const Phase phase : {TRAIN, TEST}) {
    Forward(parameter, phase, {2, 10, 8, 4});
    if (phase == TRAIN) {
      EXPECT_NEAR(y(0), 10 - 2 * 3 / std::sqrt(5.0), 1e-5);
      EXPECT_NEAR(mean(), 7, 1e-6);
      EXPECT_NEAR(variance(), 3 + 5 / 3.0, 1e-6);
    } else {
      EXPECT_NEAR(y(0), 10 - 2 * 7 / 2.0, 1e-4);
      EXPECT_EQ(mean(), 8);
      EXPECT_EQ(variance(), 4);
    }
  }
}

TEST_P(BatchNormLayerRunTest, GlobalStatsInTrainingStayAsTheyAre) {
  LayerParameter parameter = BatchNormLayerParameter(true);
  parameter.mutable_batch_norm_param()->set_use_global_stats(true);
  Forward(parameter, TRAIN, {1, 0, 3, 1});
  EXPECT_NEAR(y(2), 2, 1e-4);
  EXPECT_EQ(mean(), 3);
  EXPECT_EQ(variance(), 1);
}

// As in Caffe, but the net that trains keeps its statistics to itself.
TEST_P(BatchNormLayerRunTest, BatchStatsInTestingLeaveTheGlobalOnes) {
  LayerParameter parameter = BatchNormLayerParameter(true);
  parameter.mutable_batch_norm_param()->set_use_global_stats(false);
  Forward(parameter, TEST, {1, 0, 3, 1});
  EXPECT_NEAR(y(3), 3 / std::sqrt(5.0), 1e-4);
  EXPECT_EQ(mean(), 3);
  EXPECT_EQ(variance(), 1);
}

// With eps 4, 1 / deviation is 1/3 and x_hat is -1, -1/3, 1/3, 1.
TEST_P(BatchNormLayerRunTest, BackwardByHand) {
  LayerParameter parameter = BatchNormLayerParameter(true);
  parameter.mutable_batch_norm_param()->set_eps(4);
  Forward(parameter, TRAIN, {3, 0, 0, 1});
  runner_->output_grad(0).FromVector({8, 0, 0, 0});
  runner_->Backward();
  EXPECT_THAT(runner_->parameter_grad(0).ToVector(),
              ElementsAre(FloatNear(-8, 1e-5)));
  EXPECT_THAT(runner_->parameter_grad(1).ToVector(), ElementsAre(8));
  // dy - 2 + 2 * x_hat.
  EXPECT_THAT(runner_->input_grad(0).ToVector(),
              ElementsAre(FloatNear(4, 1e-5), FloatNear(-8 / 3.0f, 1e-5),
                          FloatNear(-4 / 3.0f, 1e-5), FloatNear(0, 1e-5)));
}

// Everything a kernel reads and writes, with x, y, dy, dx as a net lays them.
template <typename T>
struct Problem {
  Problem(const BatchNormOptions& options, Padding padding)
      : options(options),
        x({options.num, options.channels, options.spatial}, padding),
        y(x.shape(), padding),
        dy(x.shape(), padding),
        dx(x.shape(), padding) {
    RandomStream random(3);
    x.FillRandom(&random);
    dy.FillRandom(&random);
    for (TestTensor<T>* parameter : {&gamma, &beta, &running_mean}) {
      parameter->FillRandom(&random);
    }
    running_variance.FillRandom(&random, 0.5, 2);
    dx.Fill(9);
    dgamma.Fill(9);
    dbeta.Fill(9);
  }

  BatchNormForwardArgs<T> Forward(bool affine) {
    BatchNormForwardArgs<T> args;
    args.x = x.strided();
    args.gamma = affine ? gamma.at(0, 0) : nullptr;
    args.beta = affine ? beta.at(0, 0) : nullptr;
    args.running_mean = running_mean.at(0, 0);
    args.running_variance = running_variance.at(0, 0);
    args.mean = mean.at(0, 0);
    args.inv_std = inv_std.at(0, 0);
    args.y = y.strided();
    return args;
  }

  BatchNormBackwardArgs<T> Backward(bool affine, GradMode mode) {
    BatchNormBackwardArgs<T> args;
    args.x = x.strided();
    args.gamma = affine ? gamma.at(0, 0) : nullptr;
    args.mean = mean.at(0, 0);
    args.inv_std = inv_std.at(0, 0);
    args.dy = dy.strided();
    args.dx = dx.strided();
    args.dx_mode = mode;
    args.dgamma = affine ? dgamma.at(0, 0) : nullptr;
    args.dgamma_mode = affine ? mode : GradMode::kSkip;
    args.dbeta = affine ? dbeta.at(0, 0) : nullptr;
    args.dbeta_mode = affine ? mode : GradMode::kSkip;
    return args;
  }

  BatchNormOptions options;
  Shape per_channel{1, 1, options.channels};
  TestTensor<T> x, y, dy, dx;
  TestTensor<T> gamma{per_channel}, beta{per_channel};
  TestTensor<T> running_mean{per_channel}, running_variance{per_channel};
  TestTensor<T> mean{per_channel}, inv_std{per_channel};
  TestTensor<T> dgamma{per_channel}, dbeta{per_channel};
};

TEST(BatchNormReferenceTest, ByHand) {
  BatchNormOptions options = {2, 1, 2, 1, 0.5f, false, true};
  Problem<double> p(options, {});
  p.x.FromVector({1, 1, 5, 1});  // mean 2, variance 3, + eps = 4
  p.gamma.Fill(2);
  p.beta.Fill(10);
  p.running_mean.Fill(4);
  p.running_variance.Fill(2);
  BatchNormForwardReference<double>(options, p.Forward(true));
  EXPECT_THAT(p.y.ToVector(), ElementsAre(9, 9, 13, 9));
  EXPECT_THAT(p.running_mean.ToVector(), ElementsAre(3));
  EXPECT_THAT(p.running_variance.ToVector(), ElementsAre(3));  // (2 + 4) / 2

  p.dy.FromVector({1, 0, 0, 0});
  BatchNormBackwardReference<double>(options,
                                     p.Backward(true, GradMode::kWrite));
  EXPECT_THAT(p.dgamma.ToVector(), ElementsAre(-0.5));
  EXPECT_THAT(p.dbeta.ToVector(), ElementsAre(1));
  // dy - 1/4 + x_hat / 8, x_hat = -1/2, -1/2, 3/2, -1/2.
  EXPECT_THAT(
      p.dx.ToVector(),
      ElementsAre(DoubleNear(0.6875, 1e-12), DoubleNear(-0.3125, 1e-12),
                  DoubleNear(-0.0625, 1e-12), DoubleNear(-0.3125, 1e-12)));
}

TEST(BatchNormReferenceTest, Gradient) {
  for (const bool global : {false, true}) {
    BatchNormOptions options = {3, 2, 5, 1e-5f, 0.9f, global, false};
    Problem<double> p(options, {});
    const auto objective = [&] {
      BatchNormForwardReference<double>(options, p.Forward(true));
      return Dot(&p.dy, &p.y);
    };
    objective();
    BatchNormBackwardReference<double>(options,
                                       p.Backward(true, GradMode::kWrite));
    CheckGradient(objective, &p.x, &p.dx);
    CheckGradient(objective, &p.gamma, &p.dgamma);
    CheckGradient(objective, &p.beta, &p.dbeta);
  }
}

struct Case {
  Shape shape;
  Padding padding;
  bool affine;
  bool global;
};

class BatchNormCpuTest : public testing::TestWithParam<Case> {
 protected:
  BatchNormOptions Options() const {
    const auto& [shape, padding, affine, global] = GetParam();
    return {shape.num(), shape.channels(), shape.spatial(), 1e-5f,
            0.9f,        global,           !global};
  }
};

TEST_P(BatchNormCpuTest, EqualsReference) {
  const bool affine = GetParam().affine;
  for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
    CpuDevice device(1);
    Problem<float> p(Options(), GetParam().padding);
    Problem<float> expected(Options(), {});
    const auto kernel = MakeBatchNormCpu(Options(), device).value();
    kernel->Forward(p.Forward(affine));
    BatchNormForwardReference<float>(Options(), expected.Forward(affine));
    EXPECT_TRUE(AllClose(p.y.ToVector(), expected.y.ToVector(), 8));
    EXPECT_TRUE(AllClose(p.mean.ToVector(), expected.mean.ToVector(), 4));
    EXPECT_TRUE(AllClose(p.inv_std.ToVector(), expected.inv_std.ToVector(), 4));
    EXPECT_TRUE(AllClose(p.running_mean.ToVector(),
                         expected.running_mean.ToVector(), 4));
    EXPECT_TRUE(AllClose(p.running_variance.ToVector(),
                         expected.running_variance.ToVector(), 4));
    EXPECT_TRUE(p.y.PaddingIsUntouched());

    kernel->Backward(p.Backward(affine, mode));
    BatchNormBackwardReference<float>(Options(),
                                      expected.Backward(affine, mode));
    EXPECT_TRUE(AllClose(p.dx.ToVector(), expected.dx.ToVector(), 16));
    EXPECT_TRUE(AllClose(p.dgamma.ToVector(), expected.dgamma.ToVector(), 8));
    EXPECT_TRUE(AllClose(p.dbeta.ToVector(), expected.dbeta.ToVector(), 8));
    EXPECT_TRUE(p.dx.PaddingIsUntouched());
  }
}

TEST_P(BatchNormCpuTest, SameBitsOnThreeThreadsAndInPlace) {
  const bool affine = GetParam().affine;
  CpuDevice one(1), three(3);
  Problem<float> p(Options(), GetParam().padding);
  Problem<float> q(Options(), GetParam().padding);
  MakeBatchNormCpu(Options(), one).value()->Forward(p.Forward(affine));
  MakeBatchNormCpu(Options(), three).value()->Forward(q.Forward(affine));
  EXPECT_EQ(p.y.ToVector(), q.y.ToVector());

  MakeBatchNormCpu(Options(), one)
      .value()
      ->Backward(p.Backward(affine, GradMode::kWrite));
  BatchNormBackwardArgs<float> back = q.Backward(affine, GradMode::kWrite);
  back.dx = q.dy.strided();
  MakeBatchNormCpu(Options(), three).value()->Backward(back);
  EXPECT_EQ(p.dx.ToVector(), q.dy.ToVector());
  EXPECT_EQ(p.dgamma.ToVector(), q.dgamma.ToVector());

  // Forward over its input.
  Problem<float> r(Options(), GetParam().padding);
  BatchNormForwardArgs<float> over = r.Forward(affine);
  over.y = r.x.strided();
  MakeBatchNormCpu(Options(), three).value()->Forward(over);
  EXPECT_EQ(p.y.ToVector(), r.x.ToVector());
}

INSTANTIATE_TEST_SUITE_P(AwkwardSizes, BatchNormCpuTest,
                         testing::Values(Case{{3, 1, 1}, {}, true, false},
                                         Case{{2, 3, 15}, {1, 0}, true, false},
                                         Case{{3, 2, 16}, {0, 5}, false, false},
                                         Case{{2, 5, 17}, {3, 7}, true, true},
                                         Case{{1, 4, 31}, {2, 2}, false, true},
                                         Case{{13, 7}, {2, 3}, true, false},
                                         Case{{5}, {}, true, false}));

TEST(BatchNormCpuTest, OneElementHasItsOwnMean) {
  CpuDevice device(1);
  Problem<float> p({1, 1, 1, 1e-5f, 0.5f, false, true}, {});
  p.running_variance.Fill(4);
  MakeBatchNormCpu(p.options, device).value()->Forward(p.Forward(false));
  EXPECT_THAT(p.y.ToVector(), ElementsAre(FloatEq(0)));
  EXPECT_THAT(p.running_variance.ToVector(), ElementsAre(FloatEq(2)));
}

TEST(BatchNormCpuTest, KeepsTheVarianceOfALargeMean) {
  CpuDevice device(1);
  const BatchNormOptions options = {16, 2, 256, 1e-5f, 0.9f, false, true};
  Problem<float> p(options, {}), exact(options, {});
  RandomStream random(4);
  p.x.FillRandom(&random, 1000, 1001);
  exact.x.FromVector(p.x.ToVector());
  MakeBatchNormCpu(options, device).value()->Forward(p.Forward(false));
  BatchNormForwardReference<float>(options, exact.Forward(false));
  EXPECT_TRUE(AllClose(p.y.ToVector(), exact.y.ToVector(), 16));
  // Uniform over a unit interval: standard deviation 1 / sqrt(12).
  EXPECT_NEAR(p.inv_std.ToVector()[0], std::sqrt(12.0), 0.05);
}

}  // namespace
}  // namespace tamp
