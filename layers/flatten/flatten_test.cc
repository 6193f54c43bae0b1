#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

LayerParameter FlattenAxes(int axis, int end_axis) {
  LayerParameter parameter;
  parameter.set_name("flatten");
  parameter.set_type("Flatten");
  parameter.add_bottom("x");
  parameter.add_top("y");
  parameter.mutable_flatten_param()->set_axis(axis);
  parameter.mutable_flatten_param()->set_end_axis(end_axis);
  return parameter;
}

struct Case {
  int axis, end_axis;
  Shape output;
};

void CheckOrder(const Case& c, const AvailableDevice& device, Padding padding,
                int threads) {
  const Shape input = {2, 3, 4, 5};
  LayerRunner::Options options;
  options.num_threads = threads;
  LayerRunner runner(device, FlattenAxes(c.axis, c.end_axis), {input}, options,
                     padding);
  ASSERT_OK(runner.status());
  ASSERT_EQ(runner.plan().outputs[0], c.output);
  RandomStream random(1);
  runner.input(0).FillRandom(&random);
  runner.output_grad(0).FillRandom(&random);
  runner.Forward();
  runner.Backward();
  EXPECT_EQ(runner.output(0).ToVector(), runner.input(0).ToVector());
  EXPECT_EQ(runner.input_grad(0).ToVector(), runner.output_grad(0).ToVector());
  runner.set_input_grad_mode(0, GradMode::kAdd);
  runner.Backward();
  std::vector<float> twice = runner.output_grad(0).ToVector();
  for (float& value : twice) value *= 2;
  EXPECT_EQ(runner.input_grad(0).ToVector(), twice);
  EXPECT_TRUE(runner.PaddingIsUntouched());
}

class FlattenTest : public testing::TestWithParam<Case> {};

TEST_P(FlattenTest, KeepsTheOrder) {
  for (const AvailableDevice& device : AvailableDevices()) {
    SCOPED_TRACE(device.name);
    for (const Padding& padding : {Padding{}, Padding{2, 3}}) {
      for (const int threads : {1, 3}) {
        CheckOrder(GetParam(), device, padding, threads);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    AllAxes, FlattenTest,
    testing::Values(Case{1, -1, {2, 60}}, Case{0, -1, {120}},
                    Case{0, 1, {6, 4, 5}}, Case{1, 2, {2, 12, 5}},
                    Case{-2, -1, {2, 3, 20}}, Case{2, 2, {2, 3, 4, 5}}));

class FlattenLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, FlattenLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(FlattenLayerTest, RefusesWhatItCannotDo) {
  const auto refuses = [](int axis, int end_axis, const std::string& message) {
    EXPECT_THAT(
        LayerRunner(GetParam(), FlattenAxes(axis, end_axis), {{2, 3, 4}}, {})
            .status(),
        StatusIs(absl::StatusCode::kInvalidArgument, message));
  };
  refuses(3, -1, "axis 3 is out of range for shape 2x3x4");
  refuses(1, 3, "axis 3 is out of range for shape 2x3x4");
  refuses(-1, 0, "end_axis 0 is before axis -1 for shape 2x3x4");
}

}  // namespace
}  // namespace tamp
