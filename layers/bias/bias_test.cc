#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/bias/bias_cpu.h"
#include "layers/bias/bias_kernel.h"
#include "layers/bias/bias_layer.h"
#include "layers/bias/bias_reference.h"
#include "layers/options/broadcast_axes.h"
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

LayerParameter BiasOf(int num_bottoms) {
  LayerParameter parameter;
  parameter.set_name("bias");
  parameter.set_type("Bias");
  for (int i = 0; i < num_bottoms; ++i) {
    parameter.add_bottom(std::string(1, 'a' + i));
  }
  parameter.add_top("y");
  return parameter;
}

class BiasLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, BiasLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(BiasLayerTest, PlansItsParameter) {
  LayerParameter parameter = BiasOf(1);
  parameter.mutable_bias_param()->set_num_axes(2);
  parameter.mutable_bias_param()->mutable_filler()->set_value(3);
  LayerRunner runner(GetParam(), parameter, {{2, 3, 4, 4}}, {});
  ASSERT_OK(runner.status());
  EXPECT_THAT(runner.plan().outputs, ElementsAre(Shape{2, 3, 4, 4}));
  ASSERT_THAT(runner.plan().parameters, SizeIs(1));
  EXPECT_EQ(runner.plan().parameters[0].name, "bias");
  EXPECT_EQ(runner.plan().parameters[0].shape, (Shape{3, 4}));
  EXPECT_EQ(runner.plan().parameters[0].filler.value(), 3);
  EXPECT_FALSE(runner.plan().backward_reads_inputs);
}

TEST_P(BiasLayerTest, RefusesWhatItCannotDo) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(BiasLayer::Create(BiasOf(3), MakeBiasCpu),
              StatusIs(code, "takes 1 to 2 bottoms, has 3"));
  EXPECT_THAT(LayerRunner(GetParam(), BiasOf(2), {{2, 3, 4}, {2}}, {}).status(),
              StatusIs(code, HasSubstr("does not fit bottom \"a\"")));
  LayerParameter axes = BiasOf(1);
  axes.mutable_bias_param()->set_num_axes(3);
  EXPECT_THAT(LayerRunner(GetParam(), axes, {{2, 3, 4}}, {}).status(),
              StatusIs(code, HasSubstr("num_axes 3 from axis 1 on")));
}

TEST_P(BiasLayerTest, ByHandAlsoInPlace) {
  for (const bool in_place : {false, true}) {
    LayerRunner::Options options;
    options.in_place = options.backward_in_place = in_place;
    LayerRunner runner(GetParam(), BiasOf(1), {{2, 2}}, options);
    ASSERT_OK(runner.status());
    runner.input(0).FromVector({1, 2, 3, 4});
    runner.parameter(0).FromVector({10, 100});
    runner.output_grad(0).FromVector({1, 2, 3, 4});
    runner.Forward();
    EXPECT_THAT(runner.output(0).ToVector(), ElementsAre(11, 102, 13, 104));
    runner.Backward();
    EXPECT_THAT(runner.input_grad(0).ToVector(), ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(runner.parameter_grad(0).ToVector(), ElementsAre(4, 6));
  }
}

TEST_P(BiasLayerTest, SecondBottomHasItsGradient) {
  LayerParameter parameter = BiasOf(2);
  parameter.mutable_bias_param()->set_axis(0);
  LayerRunner runner(GetParam(), parameter, {{2, 1, 2}, {2, 1}}, {}, {1, 3});
  ASSERT_OK(runner.status());
  runner.input(0).FromVector({1, 2, 3, 4});
  runner.input(1).FromVector({10, 100});
  runner.output_grad(0).FromVector({1, 2, 3, 4});
  runner.Forward();
  EXPECT_THAT(runner.output(0).ToVector(), ElementsAre(11, 12, 103, 104));
  runner.set_input_grad_mode(1, GradMode::kAdd);
  runner.input_grad(1).Fill(1000);
  runner.Backward();
  EXPECT_THAT(runner.input_grad(0).ToVector(), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(runner.input_grad(1).ToVector(), ElementsAre(1003, 1007));
  EXPECT_TRUE(runner.PaddingIsUntouched());
}

struct Case {
  Shape x;
  int axis, num_axes;
  Padding padding;

  BroadcastAxes axes() const { return *BroadcastParameter(x, axis, num_axes); }
};

class BiasTest : public testing::TestWithParam<Case> {};

TEST_P(BiasTest, Gradient) {
  const Case& c = GetParam();
  const auto& [shape, broadcast] = c.axes();
  RandomStream random(1);
  TestTensor<double> x(c.x), y(c.x), dy(c.x), dx(c.x), b(shape), db(shape);
  for (TestTensor<double>* tensor : {&x, &dy, &b}) tensor->FillRandom(&random);
  const auto objective = [&, &broadcast = broadcast] {
    BiasForwardReference<double>(broadcast,
                                 {x.strided(), b.strided(), y.strided()});
    return Dot(&dy, &y);
  };
  BiasInputGradReference<double>(
      broadcast, {dy.strided(), dx.strided(), GradMode::kWrite});
  BiasParameterGradReference<double>(
      broadcast, {dy.strided(), db.strided(), GradMode::kWrite});
  CheckGradient(objective, &x, &dx);
  CheckGradient(objective, &b, &db);
}

TEST_P(BiasTest, CpuEqualsReference) {
  const Case& c = GetParam();
  const auto& [shape, broadcast] = c.axes();
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 3}) {
    CpuDevice device(threads);
    const std::unique_ptr<BiasKernel> kernel =
        MakeBiasCpu(broadcast, device).value();
    RandomStream random(2);
    TestTensor<float> x(c.x, c.padding), y(c.x, c.padding), dy(c.x, c.padding);
    TestTensor<float> b(shape, c.padding), want_y(c.x);
    for (TestTensor<float>* tensor : {&x, &dy, &b}) tensor->FillRandom(&random);
    kernel->Forward({x.strided(), b.strided(), y.strided()});
    BiasForwardReference<float>(broadcast,
                                {x.strided(), b.strided(), want_y.strided()});
    EXPECT_EQ(y.ToVector(), want_y.ToVector());
    EXPECT_TRUE(y.PaddingIsUntouched());
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      TestTensor<float> dx(c.x, c.padding), want_dx(c.x);
      TestTensor<float> db(shape, c.padding), want_db(shape);
      for (TestTensor<float>* tensor : {&dx, &want_dx, &db, &want_db}) {
        tensor->Fill(9);
      }
      kernel->InputGrad({dy.strided(), dx.strided(), mode});
      BiasInputGradReference<float>(broadcast,
                                    {dy.strided(), want_dx.strided(), mode});
      kernel->ParameterGrad({dy.strided(), db.strided(), mode});
      BiasParameterGradReference<float>(
          broadcast, {dy.strided(), want_db.strided(), mode});
      EXPECT_EQ(dx.ToVector(), want_dx.ToVector());
      EXPECT_TRUE(AllClose(db.ToVector(), want_db.ToVector(), 64));
      for (TestTensor<float>* tensor : {&dx, &db}) {
        EXPECT_TRUE(tensor->PaddingIsUntouched());
        results.push_back(tensor->ToVector());
      }
    }
  }
  const size_t half = results.size() / 2;
  for (size_t i = 0; i < half; ++i) EXPECT_EQ(results[i], results[i + half]);
}

INSTANTIATE_TEST_SUITE_P(AwkwardSizes, BiasTest,
                         testing::Values(Case{{1, 1, 1}, 1, 1, {}},
                                         Case{{2, 5, 3, 7}, 1, 1, {3, 5}},
                                         Case{{3, 7}, 1, 1, {1, 2}},
                                         Case{{2, 3, 4, 5}, 1, -1, {0, 3}},
                                         Case{{2, 3, 4, 5}, 0, 1, {2, 0}},
                                         Case{{2, 3, 4, 5}, 0, 2, {2, 0}},
                                         Case{{2, 3, 4, 5}, 2, 1, {2, 1}},
                                         Case{{2, 3, 4, 5}, -1, 1, {}},
                                         Case{{2, 3, 17}, 1, 0, {1, 1}}));

}  // namespace
}  // namespace tamp
