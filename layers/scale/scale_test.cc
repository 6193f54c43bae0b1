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
#include "layers/scale/scale_cpu.h"
#include "layers/scale/scale_kernel.h"
#include "layers/scale/scale_layer.h"
#include "layers/scale/scale_reference.h"
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
using testing::IsEmpty;
using testing::SizeIs;

LayerParameter ScaleOf(int num_bottoms, bool bias_term) {
  LayerParameter parameter;
  parameter.set_name("scale");
  parameter.set_type("Scale");
  for (int i = 0; i < num_bottoms; ++i) {
    parameter.add_bottom(std::string(1, 'a' + i));
  }
  parameter.add_top("y");
  parameter.mutable_scale_param()->set_bias_term(bias_term);
  return parameter;
}

class ScaleLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, ScaleLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(ScaleLayerTest, PlansParameters) {
  LayerRunner runner(GetParam(), ScaleOf(1, true), {{2, 3, 4, 4}}, {});
  ASSERT_OK(runner.status());
  EXPECT_THAT(runner.plan().outputs, ElementsAre(Shape{2, 3, 4, 4}));
  ASSERT_THAT(runner.plan().parameters, SizeIs(2));
  EXPECT_EQ(runner.plan().parameters[0].name, "weight");
  EXPECT_EQ(runner.plan().parameters[0].shape, Shape{3});
  EXPECT_EQ(runner.plan().parameters[0].filler.value(), 1);
  EXPECT_EQ(runner.plan().parameters[1].name, "bias");
  EXPECT_EQ(runner.plan().parameters[1].shape, Shape{3});
  EXPECT_EQ(runner.plan().parameters[1].filler.value(), 0);

  LayerParameter all_axes = ScaleOf(1, false);
  all_axes.mutable_scale_param()->set_num_axes(-1);
  all_axes.mutable_scale_param()->mutable_filler()->set_value(3);
  LayerRunner all(GetParam(), all_axes, {{2, 3, 4, 4}}, {});
  ASSERT_THAT(all.plan().parameters, SizeIs(1));
  EXPECT_EQ(all.plan().parameters[0].shape, (Shape{3, 4, 4}));
  EXPECT_EQ(all.plan().parameters[0].filler.value(), 3);

  LayerRunner no_parameters(GetParam(), ScaleOf(2, false), {{2, 3, 4}, {3, 4}},
                            {});
  EXPECT_THAT(no_parameters.plan().parameters, IsEmpty());
}

TEST_P(ScaleLayerTest, RefusesWhatItCannotDo) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(ScaleLayer::Create(ScaleOf(3, false), MakeScaleCpu),
              StatusIs(code, "takes 1 to 2 bottoms, has 3"));
  EXPECT_THAT(
      LayerRunner(GetParam(), ScaleOf(2, false), {{2, 3, 4}, {2}}, {}).status(),
      StatusIs(code, HasSubstr("does not fit bottom \"a\"")));
  EXPECT_THAT(LayerRunner(GetParam(), ScaleOf(1, false), {{2}}, {}).status(),
              StatusIs(code, HasSubstr("axis 1 is out of range")));
}

TEST_P(ScaleLayerTest, ByHandAlsoInPlace) {
  for (const bool in_place : {false, true}) {
    LayerRunner::Options options;
    options.backward_in_place = in_place;
    LayerRunner runner(GetParam(), ScaleOf(1, true), {{2, 2}}, options);
    ASSERT_OK(runner.status());
    runner.input(0).FromVector({1, 2, 3, 4});
    runner.parameter(0).FromVector({10, 100});
    runner.parameter(1).FromVector({5, 6});
    runner.output_grad(0).FromVector({1, 2, 3, 4});
    runner.Forward();
    EXPECT_THAT(runner.output(0).ToVector(), ElementsAre(15, 206, 35, 406));
    runner.Backward();
    EXPECT_THAT(runner.input_grad(0).ToVector(), ElementsAre(10, 200, 30, 400));
    EXPECT_THAT(runner.parameter_grad(0).ToVector(), ElementsAre(10, 20));
    EXPECT_THAT(runner.parameter_grad(1).ToVector(), ElementsAre(4, 6));

    options.in_place = true;
    LayerRunner forward(GetParam(), ScaleOf(1, true), {{2, 2}}, options);
    forward.input(0).FromVector({1, 2, 3, 4});
    forward.parameter(0).FromVector({10, 100});
    forward.parameter(1).FromVector({5, 6});
    forward.Forward();
    EXPECT_THAT(forward.output(0).ToVector(), ElementsAre(15, 206, 35, 406));
  }
}

TEST_P(ScaleLayerTest, SecondBottomHasItsGradient) {
  LayerParameter parameter = ScaleOf(2, true);
  parameter.mutable_scale_param()->set_axis(0);
  LayerRunner runner(GetParam(), parameter, {{2, 1, 2}, {2, 1}}, {}, {1, 3});
  ASSERT_OK(runner.status());
  runner.input(0).FromVector({1, 2, 3, 4});
  runner.input(1).FromVector({10, 100});
  runner.parameter(0).FromVector({5, 6});
  runner.Forward();
  EXPECT_THAT(runner.output(0).ToVector(), ElementsAre(15, 25, 306, 406));
  runner.set_input_grad_mode(1, GradMode::kAdd);
  runner.input_grad(1).Fill(1000);
  runner.Backward();
  EXPECT_THAT(runner.input_grad(0).ToVector(), ElementsAre(10, 10, 100, 100));
  EXPECT_THAT(runner.input_grad(1).ToVector(), ElementsAre(1003, 1007));
  EXPECT_THAT(runner.parameter_grad(0).ToVector(), ElementsAre(2, 2));
  EXPECT_TRUE(runner.PaddingIsUntouched());
}

struct Case {
  Shape x;
  int axis, num_axes;
  Padding padding;
  bool has_bias;

  BroadcastAxes axes() const { return *BroadcastParameter(x, axis, num_axes); }
};

class ScaleTest : public testing::TestWithParam<Case> {};

TEST_P(ScaleTest, Gradient) {
  const Case& c = GetParam();
  const auto& [shape, broadcast] = c.axes();
  RandomStream random(1);
  TestTensor<double> x(c.x), y(c.x), dy(c.x), dx(c.x);
  TestTensor<double> s(shape), b(shape), ds(shape), db(shape);
  for (TestTensor<double>* tensor : {&x, &dy, &s, &b}) {
    tensor->FillRandom(&random);
  }
  const Strided<const double> bias =
      c.has_bias ? b.const_strided() : Strided<const double>();
  const auto objective = [&, &broadcast = broadcast] {
    ScaleForwardReference<double>(
        broadcast, {x.strided(), s.strided(), bias, y.strided()});
    return Dot(&dy, &y);
  };
  ScaleInputGradReference<double>(
      broadcast, {s.strided(), dy.strided(), dx.strided(), GradMode::kWrite});
  ScaleParameterGradReference<double>(
      broadcast, {x.strided(), dy.strided(), ds.strided(), GradMode::kWrite,
                  db.strided(), GradMode::kWrite});
  CheckGradient(objective, &x, &dx);
  CheckGradient(objective, &s, &ds);
  if (c.has_bias) CheckGradient(objective, &b, &db);
}

TEST_P(ScaleTest, CpuEqualsReference) {
  const Case& c = GetParam();
  const auto& [shape, broadcast] = c.axes();
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 3}) {
    CpuDevice device(threads);
    const std::unique_ptr<ScaleKernel> kernel =
        MakeScaleCpu(broadcast, device).value();
    RandomStream random(2);
    TestTensor<float> x(c.x, c.padding), y(c.x, c.padding), dy(c.x, c.padding);
    TestTensor<float> s(shape, c.padding), b(shape, c.padding), want_y(c.x);
    for (TestTensor<float>* tensor : {&x, &dy, &s, &b}) {
      tensor->FillRandom(&random);
    }
    const Strided<const float> bias =
        c.has_bias ? b.const_strided() : Strided<const float>();
    kernel->Forward({x.strided(), s.strided(), bias, y.strided()});
    ScaleForwardReference<float>(
        broadcast, {x.strided(), s.strided(), bias, want_y.strided()});
    EXPECT_TRUE(AllClose(y.ToVector(), want_y.ToVector(), 2));
    EXPECT_TRUE(y.PaddingIsUntouched());
    results.push_back(y.ToVector());
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      TestTensor<float> dx(c.x, c.padding), want_dx(c.x);
      TestTensor<float> ds(shape, c.padding), want_ds(shape);
      TestTensor<float> db(shape, c.padding), want_db(shape);
      for (TestTensor<float>* tensor :
           {&dx, &want_dx, &ds, &want_ds, &db, &want_db}) {
        tensor->Fill(9);
      }
      kernel->InputGrad({s.strided(), dy.strided(), dx.strided(), mode});
      ScaleInputGradReference<float>(
          broadcast, {s.strided(), dy.strided(), want_dx.strided(), mode});
      kernel->ParameterGrad(
          {x.strided(), dy.strided(), ds.strided(), mode, db.strided(), mode});
      ScaleParameterGradReference<float>(
          broadcast, {x.strided(), dy.strided(), want_ds.strided(), mode,
                      want_db.strided(), mode});
      EXPECT_TRUE(AllClose(dx.ToVector(), want_dx.ToVector(), 2));
      EXPECT_TRUE(AllClose(ds.ToVector(), want_ds.ToVector(), 64));
      EXPECT_TRUE(AllClose(db.ToVector(), want_db.ToVector(), 64));
      for (TestTensor<float>* tensor : {&dx, &ds, &db}) {
        EXPECT_TRUE(tensor->PaddingIsUntouched());
        results.push_back(tensor->ToVector());
      }
    }
  }
  const size_t half = results.size() / 2;
  for (size_t i = 0; i < half; ++i) EXPECT_EQ(results[i], results[i + half]);
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, ScaleTest,
    testing::Values(Case{{1, 1, 1}, 1, 1, {}, true},
                    Case{{2, 5, 3, 7}, 1, 1, {3, 5}, true},
                    Case{{3, 7}, 1, 1, {1, 2}, true},
                    Case{{2, 3, 4, 5}, 1, -1, {0, 3}, false},
                    Case{{2, 3, 4, 5}, 0, 1, {2, 0}, true},
                    Case{{2, 3, 4, 5}, 0, 2, {2, 0}, true},
                    Case{{2, 3, 4, 5}, 2, 1, {2, 1}, true},
                    Case{{2, 3, 4, 5}, -1, 1, {}, false},
                    Case{{2, 3, 17}, 1, 0, {1, 1}, true}));

}  // namespace
}  // namespace tamp
