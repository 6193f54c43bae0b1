#include "layers/fused_pooling/fused_pooling_layer.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/cpu/cpu_device.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "layers/fused_pooling/fused_pooling_cpu.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;

constexpr char kNorm[] =
    " batch_norm { scale_bias: true eps: 1 moving_average_fraction: 0.5 }";

absl::StatusOr<std::unique_ptr<Layer>> Create(const std::string& options,
                                              int num_inputs = 2) {
  LayerParameter parameter;
  parameter.set_name("pool");
  parameter.set_type("FusedPooling");
  parameter.add_bottom("x");
  if (num_inputs == 2) parameter.add_bottom("x/statistics");
  parameter.add_top("y");
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      options, parameter.mutable_fused_pooling_param()));
  return FusedPoolingLayer::Create(parameter, MakeFusedPoolingCpu);
}

absl::StatusOr<LayerPlan> PlanOf(const std::string& options,
                                 const std::vector<Shape>& inputs,
                                 Phase phase = TRAIN) {
  auto layer = Create(options, static_cast<int>(inputs.size()));
  if (!layer.ok()) return layer.status();
  static CpuDevice* const device = new CpuDevice(1);
  PlanContext context;
  context.device = device;
  context.phase = phase;
  return (*layer)->Plan(inputs, context);
}

TEST(FusedPoolingLayerTest, Plans) {
  const std::string stem = "pooling { kernel_size: 3 stride: 2 pad: 1 }";
  ASSERT_OK_AND_ASSIGN(
      LayerPlan plan,
      PlanOf(stem + kNorm + " statistics_eps: 1", {{2, 3, 8, 9}, {1, 3, 2}}));
  EXPECT_THAT(plan.outputs, ElementsAre(Shape({2, 3, 5, 5}), Shape({1, 3, 2})));
  EXPECT_EQ(plan.parameters.size(), 4u);
  EXPECT_TRUE(plan.backward_reads_inputs);
  EXPECT_TRUE(plan.backward_reads_outputs);
  EXPECT_FALSE(plan.can_write_gradient_over_input);
  EXPECT_THAT(plan.saved_bytes, ElementsAre(3 * 4 * 4));
  ASSERT_OK_AND_ASSIGN(plan, PlanOf(stem + kNorm, {{2, 3, 8, 9}}, TEST));
  EXPECT_THAT(plan.outputs, ElementsAre(Shape({2, 3, 5, 5})));
  EXPECT_FALSE(plan.backward_reads_outputs);
  ASSERT_OK_AND_ASSIGN(plan,
                       PlanOf(stem + kNorm + " finishes_input_gradient: true",
                              {{2, 3, 8, 9}, {1, 3, 2}}));
  EXPECT_TRUE(plan.can_write_gradient_over_input);
  ASSERT_OK_AND_ASSIGN(
      plan,
      PlanOf(std::string("pooling { pool: AVE global_pooling: true }") + kNorm,
             {{2, 3, 8, 9}, {1, 3, 2}}));
  EXPECT_THAT(plan.outputs, ElementsAre(Shape({2, 3, 1, 1})));
}

TEST(FusedPoolingLayerTest, RefusesWhatItCannotDo) {
  const struct {
    std::string options;
    std::vector<Shape> inputs;
    const char* message;
  } cases[] = {
      {"pooling { pool: STOCHASTIC kernel_size: 2 }",
       {{1, 1, 4, 4}, {1, 1, 2}},
       "STOCHASTIC"},
      {"pooling { kernel_size: 2 }", {{1, 1, 4, 4}, {1, 1, 2}}, "scale_bias"},
      {std::string("pooling { kernel_size: 2 }") + kNorm,
       {{1, 1, 4}, {1, 1, 2}},
       "4 axes"},
      {std::string("pooling { kernel_size: 2 }") + kNorm,
       {{1, 1, 4, 4}},
       "needs 2 bottom(s), has 1"},
      {std::string("pooling { kernel_size: 2 }") + kNorm,
       {{1, 1, 4, 4}, {1, 2, 2}},
       "1x2x2, not 1x1x2"},
      {std::string("pooling { kernel_size: 2 stride: 3 }") + kNorm,
       {{1, 1, 4, 4}, {1, 1, 2}},
       "gaps"},
      {std::string("pooling { kernel_size: 5 }") + kNorm,
       {{1, 1, 4, 4}, {1, 1, 2}},
       "do not fit"},
      {std::string("pooling { pool: AVE kernel_size: 2 }") + kNorm,
       {{1, 1, 4, 4}, {1, 1, 2}},
       "whole maps"},
  };
  for (const auto& bad : cases) {
    EXPECT_THAT(
        PlanOf(bad.options, bad.inputs),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(bad.message)));
  }
}

// One channel of 1 3 5 7 with mean 4 and variance 3 (that is what it is told),
// eps 1, gamma 2 and beta -1: x_hat is -1.5 -0.5 0.5 1.5, z is 0 0 0 2.
class RunTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  void SetUpLayer(const std::string& options, bool has_statistics) {
    LayerParameter parameter;
    parameter.set_name("pool");
    parameter.set_type("FusedPooling");
    parameter.add_bottom("x");
    parameter.add_bottom("x/statistics");
    parameter.add_top("y");
    if (has_statistics) parameter.add_top("y/statistics");
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
        options + kNorm, parameter.mutable_fused_pooling_param()));
    runner_ = std::make_unique<LayerRunner>(
        GetParam(), parameter, std::vector<Shape>{{1, 1, 1, 4}, {1, 1, 2}},
        LayerRunner::Options());
    ASSERT_OK(runner_->status());
    runner_->input(0).FromVector({1, 3, 5, 7});
    runner_->input(1).FromVector({4, 3});
    runner_->parameter(0).FromVector({2});
    runner_->parameter(1).FromVector({-1});
    runner_->parameter(2).FromVector({0});
    runner_->parameter(3).FromVector({1});
    runner_->Forward();
  }

  std::unique_ptr<LayerRunner> runner_;
};
INSTANTIATE_TEST_SUITE_P(Devices, RunTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(RunTest, Average) {
  SetUpLayer("pooling { pool: AVE global_pooling: true }", false);
  EXPECT_THAT(runner_->output(0).ToVector(), ElementsAre(0.5));
  // Half of the old, half of the batch's; the variance is 3 * 4 / 3.
  EXPECT_THAT(runner_->parameter(2).ToVector(), ElementsAre(2));
  EXPECT_THAT(runner_->parameter(3).ToVector(), ElementsAre(2.5));
  runner_->output_grad(0).FromVector({8});
  runner_->Backward();
  EXPECT_THAT(runner_->input_grad(0).ToVector(), ElementsAre(0, 0, 0, 4));
  EXPECT_THAT(runner_->parameter_grad(0).ToVector(), ElementsAre(2 * 1.5));
  EXPECT_THAT(runner_->parameter_grad(1).ToVector(), ElementsAre(2));
  EXPECT_THAT(runner_->input_grad(1).ToVector(), ElementsAre(4, 6));
}

// dz * mask * gamma is 0 0 0 4; the sums are as above.
TEST_P(RunTest, FinishesTheGradient) {
  SetUpLayer(
      "pooling { pool: AVE global_pooling: true } "
      "finishes_input_gradient: true",
      false);
  runner_->output_grad(0).FromVector({8});
  runner_->Backward();
  // inv_std is 0.5: dx = 0.5 * (g - 4 / 4 - x_hat * 6 / 4).
  EXPECT_THAT(runner_->input_grad(0).ToVector(),
              ElementsAre(0.5 * (-1 + 1.5 * 1.5), 0.5 * (-1 + 0.5 * 1.5),
                          0.5 * (-1 - 0.5 * 1.5), 0.5 * (4 - 1 - 1.5 * 1.5)));
}

TEST_P(RunTest, MaxWithStatistics) {
  SetUpLayer("pooling { kernel_h: 1 kernel_w: 2 stride: 1 } statistics_eps: 0",
             true);
  EXPECT_THAT(runner_->output(0).ToVector(), ElementsAre(0, 0, 2));
  const double mean = 2.0 / 3, variance = 8.0 / 9;
  EXPECT_THAT(runner_->output(1).ToVector(),
              ElementsAre(FloatNear(mean, 1e-6), FloatNear(variance, 1e-6)));
  // dy of the last window is p * 5 + q * 2 + r.
  runner_->output_grad(0).FromVector({3, 4, 5});
  runner_->output_grad(1).FromVector({6, 9});
  runner_->Backward();
  const double inv_std = 1 / std::sqrt(variance);
  const double dy = inv_std * (5 - 6.0 / 3 - (2 - mean) * inv_std * 9.0 / 3);
  EXPECT_THAT(runner_->input_grad(0).ToVector(),
              ElementsAre(0, 0, 0, FloatNear(2 * dy, 1e-5)));
  EXPECT_THAT(runner_->parameter_grad(1).ToVector(),
              ElementsAre(FloatNear(dy, 1e-5)));
  EXPECT_THAT(runner_->input_grad(1).ToVector(),
              ElementsAre(FloatNear(2 * dy, 1e-5), FloatNear(3 * dy, 1e-5)));
}

}  // namespace
}  // namespace tamp
