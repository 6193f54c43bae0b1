#include "layers/fused_convolution/fused_convolution_layer.h"

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
#include "layers/fused_convolution/fused_convolution_cpu.h"
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

constexpr char kConvolution[] = "convolution { num_output: 1 kernel_size: 1 } ";
constexpr char kNorm[] =
    "batch_norm { scale_bias: true eps: 1 moving_average_fraction: 0.5 } ";

LayerParameter ParameterOf(const std::string& options, size_t num_inputs,
                           size_t num_outputs = 1) {
  LayerParameter parameter;
  parameter.set_name("conv");
  parameter.set_type("FusedConvolution");
  parameter.add_bottom("x");
  if (num_inputs == 2) parameter.add_bottom("x/statistics");
  parameter.add_top("y");
  if (num_outputs == 2) parameter.add_top("y/statistics");
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      options, parameter.mutable_fused_convolution_param()));
  return parameter;
}

absl::StatusOr<LayerPlan> PlanOf(const std::string& options,
                                 const std::vector<Shape>& inputs,
                                 Phase phase = TRAIN) {
  auto layer = FusedConvolutionLayer::Create(
      ParameterOf(options, inputs.size()), MakeFusedConvolutionCpu);
  if (!layer.ok()) return layer.status();
  static CpuDevice* const device = new CpuDevice(1);
  PlanContext context;
  context.device = device;
  context.phase = phase;
  return (*layer)->Plan(inputs, context);
}

TEST(FusedConvolutionLayerTest, Plans) {
  const std::string options =
      std::string("convolution { num_output: 5 kernel_size: 3 pad: 1 } ") +
      kNorm + "statistics_eps: 1";
  ASSERT_OK_AND_ASSIGN(LayerPlan plan,
                       PlanOf(options, {{2, 3, 8, 9}, {1, 3, 2}}));
  EXPECT_THAT(plan.outputs, ElementsAre(Shape({2, 5, 8, 9}), Shape({1, 5, 2})));
  ASSERT_EQ(plan.parameters.size(), 5u);
  EXPECT_EQ(plan.parameters[0].shape, Shape({5, 3, 3, 3}));
  EXPECT_EQ(plan.parameters[1].shape, Shape({3}));
  EXPECT_THAT(plan.saved_bytes, ElementsAre(3 * 4 * 4));
  EXPECT_TRUE(plan.backward_reads_outputs);
  ASSERT_OK_AND_ASSIGN(plan, PlanOf(options, {{2, 3, 8, 9}}, TEST));
  EXPECT_FALSE(plan.backward_reads_outputs);
  ASSERT_OK_AND_ASSIGN(plan,
                       PlanOf(options + " output_gradient_is_finished: true",
                              {{2, 3, 8, 9}, {1, 3, 2}}));
  EXPECT_FALSE(plan.backward_reads_outputs);
}

TEST(FusedConvolutionLayerTest, RefusesWhatItCannotDo) {
  const std::string strided =
      "convolution { num_output: 1 kernel_size: 3 stride: 2 } ";
  const struct {
    std::string options;
    std::vector<Shape> inputs;
    const char* message;
  } cases[] = {
      {"convolution { kernel_size: 1 }", {{1, 1, 4, 4}}, "num_output"},
      {kConvolution, {{1, 1, 4}}, "4 axes"},
      {strided + kNorm, {{1, 1, 4, 4}, {1, 1, 2}}, "cannot normalize"},
      {std::string(kConvolution) + "output_norm { scale_bias: true }",
       {{1, 1, 4, 4}},
       "in phase TEST only"},
      {std::string(kConvolution) + kNorm,
       {{1, 1, 4, 4}},
       "needs 2 bottom(s), has 1"},
      {std::string(kConvolution) + kNorm,
       {{1, 1, 4, 4}, {1, 2, 2}},
       "1x2x2, not 1x1x2"},
  };
  for (const auto& bad : cases) {
    EXPECT_THAT(
        PlanOf(bad.options, bad.inputs),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(bad.message)));
  }
}

// One channel of 1 3 5 7 with mean 4 and variance 3 (that is what it is told),
// eps 1, gamma 2 and beta -1: x_hat is -1.5 -0.5 0.5 1.5, z is 0 0 0 2. The
// weight is 3.
class RunTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  void SetUpLayer(const std::string& options, bool has_statistics) {
    runner_ = std::make_unique<LayerRunner>(
        GetParam(),
        ParameterOf(options + kConvolution + kNorm, 2, 1 + has_statistics),
        std::vector<Shape>{{1, 1, 1, 4}, {1, 1, 2}}, LayerRunner::Options());
    ASSERT_OK(runner_->status());
    runner_->input(0).FromVector({1, 3, 5, 7});
    runner_->input(1).FromVector({4, 3});
    runner_->parameter(0).FromVector({3});
    runner_->parameter(1).FromVector({2});
    runner_->parameter(2).FromVector({-1});
    runner_->parameter(3).FromVector({0});
    runner_->parameter(4).FromVector({1});
    runner_->Forward();
  }

  std::unique_ptr<LayerRunner> runner_;
};
INSTANTIATE_TEST_SUITE_P(Devices, RunTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(RunTest, NormalizesItsInput) {
  SetUpLayer("", false);
  EXPECT_THAT(runner_->output(0).ToVector(), ElementsAre(0, 0, 0, 6));
  runner_->output_grad(0).FromVector({8, 8, 8, 8});
  runner_->Backward();
  EXPECT_THAT(runner_->input_grad(0).ToVector(), ElementsAre(0, 0, 0, 48));
  EXPECT_THAT(runner_->parameter_grad(0).ToVector(), ElementsAre(2 * 8));
  EXPECT_THAT(runner_->parameter_grad(1).ToVector(), ElementsAre(24 * 1.5));
  EXPECT_THAT(runner_->parameter_grad(2).ToVector(), ElementsAre(24));
  EXPECT_THAT(runner_->input_grad(1).ToVector(), ElementsAre(48, 72));
}

// Half of the old, half of the batch's; the variance is 3 * 4 / 3.
TEST_P(RunTest, RunningStatisticsFollowOnceAStep) {
  SetUpLayer("", false);
  for (int times = 1; times <= 2; ++times) {
    EXPECT_THAT(runner_->output(0).ToVector(), ElementsAre(0, 0, 0, 6));
    EXPECT_THAT(runner_->parameter(3).ToVector(), ElementsAre(2));
    EXPECT_THAT(runner_->parameter(4).ToVector(), ElementsAre(2.5));
    runner_->Forward(/*is_recomputation=*/true);
  }
}

// mean(y) is 1.5, its variance 6.75: with eps inv_std is 1 / 3. The gradient of
// the last element is (10 - 8 / 4 - 4.5 / 3 * 12 / 4) / 3.
TEST_P(RunTest, FinishesTheGradientOfItsOutput) {
  SetUpLayer("statistics_eps: 2.25 ", true);
  EXPECT_THAT(runner_->output(1).ToVector(), ElementsAre(1.5, 6.75));
  runner_->output_grad(0).FromVector({0, 0, 0, 10});
  runner_->output_grad(1).FromVector({8, 12});
  runner_->Backward();
  EXPECT_THAT(runner_->parameter_grad(2).ToVector(),
              ElementsAre(FloatNear(3 * 3.5f / 3, 1e-6f)));
}

TEST_P(RunTest, LeavesAFinishedGradientAsItIs) {
  SetUpLayer("statistics_eps: 2.25 output_gradient_is_finished: true ", true);
  runner_->output_grad(0).FromVector({0, 0, 0, 10});
  runner_->Backward();
  EXPECT_THAT(runner_->parameter_grad(2).ToVector(), ElementsAre(3 * 10));
}

// z is as above. The norm behind is 4 / sqrt(3 + 1) * (y - 1) - 3.
TEST_P(RunTest, NormalizesItsOutputInTest) {
  LayerRunner::Options options;
  options.phase = TEST;
  LayerRunner runner(GetParam(),
                     ParameterOf(std::string(kConvolution) + kNorm +
                                     "output_norm { scale_bias: true eps: 1 } "
                                     "rectifies_output: true",
                                 1),
                     {{1, 1, 1, 4}}, options);
  ASSERT_OK(runner.status());
  runner.input(0).FromVector({1, 3, 5, 7});
  const std::vector<float> parameters = {3, 2, -1, 4, 3, 4, -3, 1, 3};
  for (size_t i = 0; i < parameters.size(); ++i) {
    runner.parameter(i).FromVector({parameters[i]});
  }
  runner.Forward();
  EXPECT_THAT(runner.output(0).ToVector(), ElementsAre(0, 0, 0, 7));
  EXPECT_THAT(runner.parameter(3).ToVector(), ElementsAre(4));
  EXPECT_THAT(runner.parameter(7).ToVector(), ElementsAre(1));
}

}  // namespace
}  // namespace tamp
