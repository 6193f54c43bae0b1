#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/sigmoid/sigmoid_cpu.h"
#include "layers/sigmoid/sigmoid_kernel.h"
#include "layers/sigmoid/sigmoid_layer.h"
#include "layers/sigmoid/sigmoid_reference.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/elementwise_checks.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;

LayerParameter SigmoidLayerParameter() {
  LayerParameter parameter;
  parameter.set_name("sigmoid");
  parameter.set_type("Sigmoid");
  parameter.add_bottom("x");
  parameter.add_top("y");
  return parameter;
}

class SigmoidLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, SigmoidLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(SigmoidLayerTest, RunsInPlace) {
  for (const bool in_place : {false, true}) {
    LayerRunner::Options options;
    options.in_place = options.backward_in_place = in_place;
    LayerRunner runner(GetParam(), SigmoidLayerParameter(), {{1, 2}}, options);
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
    const float low = 1 / (1 + std::exp(1.0f)),
                high = 1 / (1 + std::exp(-2.0f));
    EXPECT_FLOAT_EQ(y[0], low);
    EXPECT_FLOAT_EQ(y[1], high);
    EXPECT_FLOAT_EQ(dx[0], 3 * low * (1 - low));
    EXPECT_FLOAT_EQ(dx[1], 3 * high * (1 - high));
  }
}

TEST_P(SigmoidLayerTest, RefusesWhatItCannotDo) {
  LayerParameter two_bottoms = SigmoidLayerParameter();
  two_bottoms.add_bottom("z");
  EXPECT_THAT(
      SigmoidLayer::Create(two_bottoms, MakeSigmoidCpu),
      StatusIs(absl::StatusCode::kInvalidArgument, "takes 1 bottom, has 2"));
}

TEST(SigmoidReferenceTest, Gradient) {
  CheckElementwiseGradient<SigmoidOptions>({}, SigmoidForwardReference<double>,
                                           SigmoidBackwardReference<double>);
}

TEST(SigmoidCpuTest, EqualsReference) {
  ElementwiseCheck<SigmoidOptions>({}, MakeSigmoidCpu,
                                   SigmoidForwardReference<float>,
                                   SigmoidBackwardReference<float>, 4)
      .Run();
}

}  // namespace
}  // namespace tamp
