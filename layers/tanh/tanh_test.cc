#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/tanh/tanh_cpu.h"
#include "layers/tanh/tanh_kernel.h"
#include "layers/tanh/tanh_layer.h"
#include "layers/tanh/tanh_reference.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/elementwise_checks.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;

LayerParameter TanhLayerParameter() {
  LayerParameter parameter;
  parameter.set_name("tanh");
  parameter.set_type("TanH");
  parameter.add_bottom("x");
  parameter.add_top("y");
  return parameter;
}

class TanhLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, TanhLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(TanhLayerTest, RunsInPlace) {
  for (const bool in_place : {false, true}) {
    LayerRunner::Options options;
    options.in_place = options.backward_in_place = in_place;
    LayerRunner runner(GetParam(), TanhLayerParameter(), {{1, 2}}, options);
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
    const float low = std::tanh(-1.0f), high = std::tanh(2.0f);
    EXPECT_FLOAT_EQ(y[0], low);
    EXPECT_FLOAT_EQ(y[1], high);
    EXPECT_FLOAT_EQ(dx[0], 3 * (1 - low * low));
    EXPECT_FLOAT_EQ(dx[1], 3 * (1 - high * high));
  }
}

TEST_P(TanhLayerTest, RefusesWhatItCannotDo) {
  LayerParameter two_bottoms = TanhLayerParameter();
  two_bottoms.add_bottom("z");
  EXPECT_THAT(
      TanhLayer::Create(two_bottoms, MakeTanhCpu),
      StatusIs(absl::StatusCode::kInvalidArgument, "takes 1 bottom, has 2"));
}

TEST(TanhReferenceTest, Gradient) {
  CheckElementwiseGradient<TanhOptions>({}, TanhForwardReference<double>,
                                        TanhBackwardReference<double>);
}

TEST(TanhCpuTest, EqualsReference) {
  ElementwiseCheck<TanhOptions>({}, MakeTanhCpu, TanhForwardReference<float>,
                                TanhBackwardReference<float>, 4)
      .Run();
}

}  // namespace
}  // namespace tamp
