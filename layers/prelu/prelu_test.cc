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
#include "layers/options/broadcast_axes.h"
#include "layers/prelu/prelu_cpu.h"
#include "layers/prelu/prelu_kernel.h"
#include "layers/prelu/prelu_reference.h"
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
using testing::SizeIs;

LayerParameter PreluLayerParameter(bool channel_shared) {
  LayerParameter parameter;
  parameter.set_name("prelu");
  parameter.set_type("PReLU");
  parameter.add_bottom("x");
  parameter.add_top("y");
  parameter.mutable_prelu_param()->set_channel_shared(channel_shared);
  return parameter;
}

class PreluLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, PreluLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(PreluLayerTest, PlansASlopeAChannelOrOne) {
  LayerRunner each(GetParam(), PreluLayerParameter(false), {{2, 3, 4}}, {});
  ASSERT_THAT(each.plan().parameters, SizeIs(1));
  EXPECT_EQ(each.plan().parameters[0].name, "weight");
  EXPECT_EQ(each.plan().parameters[0].shape, Shape{3});
  EXPECT_EQ(each.plan().parameters[0].filler.value(), 0.25f);

  LayerParameter filled = PreluLayerParameter(true);
  filled.mutable_prelu_param()->mutable_filler()->set_type("msra");
  LayerRunner shared(GetParam(), filled, {{2, 3, 4}}, {});
  ASSERT_THAT(shared.plan().parameters, SizeIs(1));
  EXPECT_EQ(shared.plan().parameters[0].shape, Shape());
  EXPECT_EQ(shared.plan().parameters[0].filler.type(), "msra");
}

TEST_P(PreluLayerTest, RefusesWhatItCannotDo) {
  EXPECT_THAT(
      LayerRunner(GetParam(), PreluLayerParameter(true), {{2}}, {}).status(),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("axis 1 is out of range for shape 2")));
}

TEST_P(PreluLayerTest, ByHandAlsoInPlace) {
  for (const bool in_place : {false, true}) {
    LayerRunner::Options options;
    options.backward_in_place = in_place;
    LayerRunner runner(GetParam(), PreluLayerParameter(false), {{2, 2}},
                       options);
    ASSERT_OK(runner.status());
    runner.input(0).FromVector({-1, 2, -3, -4});
    runner.parameter(0).FromVector({0.5f, -2});
    runner.output_grad(0).FromVector({1, 2, 3, 4});
    runner.Forward();
    EXPECT_THAT(runner.output(0).ToVector(), ElementsAre(-0.5f, 2, -1.5f, 8));
    runner.Backward();
    EXPECT_THAT(runner.input_grad(0).ToVector(),
                ElementsAre(0.5f, 2, 1.5f, -8));
    EXPECT_THAT(runner.parameter_grad(0).ToVector(), ElementsAre(-10, -16));
    options.in_place = true;
    LayerRunner forward(GetParam(), PreluLayerParameter(false), {{2, 2}},
                        options);
    forward.input(0).FromVector({-1, 2, -3, -4});
    forward.parameter(0).FromVector({0.5f, -2});
    forward.Forward();
    EXPECT_THAT(forward.output(0).ToVector(), ElementsAre(-0.5f, 2, -1.5f, 8));
  }
}

struct Case {
  Shape x;
  bool channel_shared;
  Padding padding;

  BroadcastAxes axes() const {
    return *BroadcastParameter(x, 1, channel_shared ? 0 : 1);
  }
};

class PreluTest : public testing::TestWithParam<Case> {};

TEST_P(PreluTest, Gradient) {
  const Case& c = GetParam();
  const auto& [shape, broadcast] = c.axes();
  RandomStream random(1);
  TestTensor<double> x(c.x), y(c.x), dy(c.x), dx(c.x), a(shape), da(shape);
  x.FillRandom(&random);
  // Away from the kink.
  std::vector<double> values = x.ToVector();
  for (double& value : values) value += value > 0 ? 0.01 : -0.01;
  x.FromVector(values);
  dy.FillRandom(&random);
  a.FillRandom(&random);
  const auto objective = [&, &broadcast = broadcast] {
    PreluForwardReference<double>(broadcast,
                                  {x.strided(), a.strided(), y.strided()});
    return Dot(&dy, &y);
  };
  PreluBackwardReference<double>(
      broadcast, {x.strided(), a.strided(), dy.strided(), dx.strided(),
                  GradMode::kWrite, da.strided(), GradMode::kWrite});
  CheckGradient(objective, &x, &dx);
  CheckGradient(objective, &a, &da);
}

TEST_P(PreluTest, CpuEqualsReference) {
  const Case& c = GetParam();
  const auto& [shape, broadcast] = c.axes();
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 3}) {
    CpuDevice device(threads);
    const std::unique_ptr<PreluKernel> kernel =
        MakePreluCpu(broadcast, device).value();
    RandomStream random(2);
    TestTensor<float> x(c.x, c.padding), y(c.x, c.padding), dy(c.x, c.padding);
    TestTensor<float> a(shape), want_y(c.x);
    for (TestTensor<float>* tensor : {&x, &dy, &a}) tensor->FillRandom(&random);
    kernel->Forward({x.strided(), a.strided(), y.strided()});
    PreluForwardReference<float>(broadcast,
                                 {x.strided(), a.strided(), want_y.strided()});
    EXPECT_EQ(y.ToVector(), want_y.ToVector());
    EXPECT_TRUE(y.PaddingIsUntouched());
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      TestTensor<float> dx(c.x, c.padding), want_dx(c.x), da(shape);
      TestTensor<float> want_da(shape);
      for (TestTensor<float>* tensor : {&dx, &want_dx, &da, &want_da}) {
        tensor->Fill(9);
      }
      kernel->Backward({x.strided(), a.strided(), dy.strided(), dx.strided(),
                        mode, da.strided(), mode});
      PreluBackwardReference<float>(
          broadcast, {x.strided(), a.strided(), dy.strided(), want_dx.strided(),
                      mode, want_da.strided(), mode});
      EXPECT_TRUE(AllClose(dx.ToVector(), want_dx.ToVector(), 2));
      EXPECT_TRUE(AllClose(da.ToVector(), want_da.ToVector(), 64));
      EXPECT_TRUE(dx.PaddingIsUntouched());
      results.push_back(dx.ToVector());
      results.push_back(da.ToVector());
    }
  }
  const size_t half = results.size() / 2;
  for (size_t i = 0; i < half; ++i) EXPECT_EQ(results[i], results[i + half]);
}

INSTANTIATE_TEST_SUITE_P(AwkwardSizes, PreluTest,
                         testing::Values(Case{{1, 1, 1}, false, {}},
                                         Case{{2, 5, 3, 7}, false, {3, 5}},
                                         Case{{3, 2, 16}, true, {1, 2}},
                                         Case{{4, 7}, false, {0, 3}},
                                         Case{{5, 17}, true, {}}));

}  // namespace
}  // namespace tamp
