#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/cpu/copy_cpu.h"
#include "layers/split/split_layer.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::Each;
using testing::ElementsAre;

LayerParameter SplitInto(int num_tops) {
  LayerParameter parameter;
  parameter.set_name("split");
  parameter.set_type("Split");
  parameter.add_bottom("x");
  for (int i = 0; i < num_tops; ++i) parameter.add_top(std::string(1, 'a' + i));
  return parameter;
}

class SplitLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, SplitLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(SplitLayerTest, CopiesForwardAndAddsBackward) {
  for (const int threads : {1, 3}) {
    LayerRunner::Options options;
    options.num_threads = threads;
    const Shape shape = {2, 3, 5};
    LayerRunner runner(GetParam(), SplitInto(3), {shape}, options, {1, 4});
    ASSERT_OK(runner.status());
    EXPECT_THAT(runner.plan().outputs, ElementsAre(shape, shape, shape));
    RandomStream random(1);
    runner.input(0).FillRandom(&random);
    runner.output_grad(0).Fill(1);
    runner.output_grad(1).Fill(10);
    runner.output_grad(2).Fill(100);
    runner.Forward();
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(runner.output(i).ToVector(), runner.input(0).ToVector());
    }
    runner.Backward();
    EXPECT_THAT(runner.input_grad(0).ToVector(), Each(111));
    runner.set_input_grad_mode(0, GradMode::kAdd);
    runner.Backward();
    EXPECT_THAT(runner.input_grad(0).ToVector(), Each(222));
    EXPECT_TRUE(runner.PaddingIsUntouched());
  }
}

TEST_P(SplitLayerTest, RunsInPlace) {
  LayerRunner::Options options;
  options.in_place = options.backward_in_place = true;
  LayerRunner runner(GetParam(), SplitInto(2), {{4, 3}}, options);
  ASSERT_OK(runner.status());
  runner.input(0).Fill(5);
  runner.output_grad(1).Fill(2);
  runner.Forward();
  runner.Backward();
  EXPECT_THAT(runner.output(0).ToVector(), Each(5));
  EXPECT_THAT(runner.output(1).ToVector(), Each(5));
  EXPECT_THAT(runner.input_grad(0).ToVector(), Each(3));
}

TEST_P(SplitLayerTest, TopsThatTheLossIgnoresHaveNoGradient) {
  LayerRunner runner(GetParam(), SplitInto(3), {{4, 3}}, {});
  ASSERT_OK(runner.status());
  runner.DropOutputGrad(0);
  runner.output_grad(1).Fill(2);
  runner.Forward();
  runner.Backward();
  EXPECT_THAT(runner.input_grad(0).ToVector(), Each(3));
}

TEST_P(SplitLayerTest, RefusesWhatItCannotDo) {
  EXPECT_THAT(SplitLayer::Create(SplitInto(0), MakeCopyCpu),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "takes at least 1 top, has 0"));
}

}  // namespace
}  // namespace tamp
