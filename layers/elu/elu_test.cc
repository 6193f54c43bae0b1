#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/elu/elu_cpu.h"
#include "layers/elu/elu_kernel.h"
#include "layers/elu/elu_layer.h"
#include "layers/elu/elu_reference.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/elementwise_checks.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;

LayerParameter EluLayerParameter() {
  LayerParameter parameter;
  parameter.set_name("elu");
  parameter.set_type("ELU");
  parameter.add_bottom("x");
  parameter.add_top("y");
  return parameter;
}

class EluLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, EluLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(EluLayerTest, RunsInPlace) {
  for (const bool in_place : {false, true}) {
    LayerRunner::Options options;
    options.in_place = options.backward_in_place = in_place;
    LayerRunner runner(GetParam(), EluLayerParameter(), {{1, 2}}, options);
    ASSERT_OK(runner.status());
    EXPECT_THAT(runner.plan().outputs, ElementsAre(Shape{1, 2}));
    EXPECT_TRUE(runner.plan().can_run_in_place);
    EXPECT_TRUE(runner.plan().can_run_backward_in_place);
    EXPECT_FALSE(runner.plan().backward_reads_inputs);
    runner.input(0).FromVector({-1, 2});
    runner.output_grad(0).FromVector({3, 3});
    runner.Forward();
    runner.Backward();
    const std::vector<float> y = runner.output(0).ToVector();
    const std::vector<float> dx = runner.input_grad(0).ToVector();
    EXPECT_FLOAT_EQ(y[0], std::exp(-1.0f) - 1);
    EXPECT_FLOAT_EQ(y[1], 2);
    EXPECT_FLOAT_EQ(dx[0], 3 * std::exp(-1.0f));
    EXPECT_FLOAT_EQ(dx[1], 3);
  }
}

TEST_P(EluLayerTest, RefusesWhatItCannotDo) {
  LayerParameter negative = EluLayerParameter();
  negative.mutable_elu_param()->set_alpha(-0.5f);
  EXPECT_THAT(EluLayer::Create(negative, MakeEluCpu),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "alpha is -0.5, it must be at least 0"));
  LayerParameter two_bottoms = EluLayerParameter();
  two_bottoms.add_bottom("z");
  EXPECT_THAT(
      EluLayer::Create(two_bottoms, MakeEluCpu),
      StatusIs(absl::StatusCode::kInvalidArgument, "takes 1 bottom, has 2"));
}

TEST(EluReferenceTest, Gradient) {
  for (const float alpha : {0.0f, 0.7f, 1.0f}) {
    CheckElementwiseGradient<EluOptions>(
        {{}, alpha}, EluForwardReference<double>, EluBackwardReference<double>);
  }
}

TEST(EluCpuTest, EqualsReference) {
  for (const float alpha : {0.0f, 0.1f, 1.0f, 2.0f}) {
    ElementwiseCheck<EluOptions>({{}, alpha}, MakeEluCpu,
                                 EluForwardReference<float>,
                                 EluBackwardReference<float>, 4)
        .Run();
  }
}

}  // namespace
}  // namespace tamp
