#include <cmath>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/lines_along.h"
#include "layers/softmax/softmax_cpu.h"
#include "layers/softmax/softmax_kernel.h"
#include "layers/softmax/softmax_layer.h"
#include "layers/softmax/softmax_reference.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/gradient_check.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;

LayerParameter AlongAxis(int axis) {
  LayerParameter parameter;
  parameter.set_name("prob");
  parameter.set_type("Softmax");
  parameter.add_bottom("x");
  parameter.add_top("y");
  parameter.mutable_softmax_param()->set_axis(axis);
  return parameter;
}

class SoftmaxLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, SoftmaxLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(SoftmaxLayerTest, RunsInPlaceAndStaysFinite) {
  for (const bool in_place : {false, true}) {
    LayerRunner::Options options;
    options.in_place = options.backward_in_place = in_place;
    LayerRunner runner(GetParam(), AlongAxis(-1), {{3, 2}}, options);
    ASSERT_OK(runner.status());
    EXPECT_THAT(runner.plan().outputs, ElementsAre(Shape{3, 2}));
    EXPECT_TRUE(runner.plan().can_run_in_place);
    EXPECT_TRUE(runner.plan().can_run_backward_in_place);
    EXPECT_FALSE(runner.plan().backward_reads_inputs);
    runner.input(0).FromVector({7, 7, 1e5f, -1e5f, -1e30f, 0});
    runner.output_grad(0).FromVector({4, 0, 4, 0, 4, 0});
    runner.Forward();
    runner.Backward();
    EXPECT_THAT(runner.output(0).ToVector(),
                ElementsAre(0.5f, 0.5f, 1, 0, 0, 1));
    EXPECT_THAT(runner.input_grad(0).ToVector(),
                ElementsAre(1, -1, 0, 0, 0, 0));
  }
}

TEST_P(SoftmaxLayerTest, RefusesWhatItCannotDo) {
  EXPECT_THAT(LayerRunner(GetParam(), AlongAxis(2), {{3, 2}}, {}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "axis 2 is out of range for shape 3x2"));
  LayerParameter two_bottoms = AlongAxis(1);
  two_bottoms.add_bottom("z");
  EXPECT_THAT(
      SoftmaxLayer::Create(two_bottoms, MakeSoftmaxCpu),
      StatusIs(absl::StatusCode::kInvalidArgument, "takes 1 bottom, has 2"));
}

struct Case {
  Shape shape;
  int axis;
  Padding padding;
};

class SoftmaxTest : public testing::TestWithParam<Case> {};

TEST_P(SoftmaxTest, Gradient) {
  const Shape& shape = GetParam().shape;
  const AxisLines lines = LinesAlong(shape, GetParam().axis);
  RandomStream random(1);
  TestTensor<double> x(shape), y(shape), dy(shape), dx(shape);
  x.FillRandom(&random, -2, 2);
  dy.FillRandom(&random);
  const auto objective = [&] {
    SoftmaxForwardReference<double>(lines, {x.strided(), y.strided()});
    return Dot(&dy, &y);
  };
  objective();
  dx.Fill(9);
  SoftmaxBackwardReference<double>(
      lines, {y.strided(), dy.strided(), dx.strided(), GradMode::kWrite});
  CheckGradient(objective, &x, &dx);
}

TEST_P(SoftmaxTest, CpuEqualsReference) {
  const auto& [shape, axis, padding] = GetParam();
  const AxisLines lines = LinesAlong(shape, axis);
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 3}) {
    CpuDevice device(threads);
    const std::unique_ptr<SoftmaxKernel> kernel =
        MakeSoftmaxCpu(lines, device).value();
    RandomStream random(2);
    TestTensor<float> x(shape, padding), y(shape, padding), dy(shape, padding);
    TestTensor<float> expected(shape);
    x.FillRandom(&random, -5, 5);
    dy.FillRandom(&random);
    kernel->Forward({x.strided(), y.strided()});
    SoftmaxForwardReference<float>(lines, {x.strided(), expected.strided()});
    EXPECT_TRUE(AllClose(y.ToVector(), expected.ToVector(), 8));
    EXPECT_TRUE(y.PaddingIsUntouched());
    results.push_back(y.ToVector());
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      TestTensor<float> dx(shape, padding), expected_dx(shape);
      dx.Fill(9);
      expected_dx.Fill(9);
      kernel->Backward({y.strided(), dy.strided(), dx.strided(), mode});
      SoftmaxBackwardReference<float>(
          lines, {y.strided(), dy.strided(), expected_dx.strided(), mode});
      EXPECT_TRUE(AllClose(dx.ToVector(), expected_dx.ToVector(), 8));
      EXPECT_TRUE(dx.PaddingIsUntouched());
      results.push_back(dx.ToVector());
    }
  }
  for (int i = 0; i < 4; ++i) EXPECT_EQ(results[i], results[i + 4]);
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, SoftmaxTest,
    testing::Values(Case{{1, 1}, 1, {}}, Case{{67, 10}, 1, {3, 7}},
                    Case{{5, 3, 2, 3}, 1, {2, 5}}, Case{{7, 4, 3}, 0, {1, 2}},
                    Case{{2, 3, 2, 17, 2}, 3, {4, 1}},
                    Case{{6, 5, 7}, 2, {0, 3}}, Case{{9}, 0, {}}));

}  // namespace
}  // namespace tamp
