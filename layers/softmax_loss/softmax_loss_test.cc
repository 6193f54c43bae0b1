#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "core/check.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/lines_along.h"
#include "layers/softmax_loss/softmax_loss_cpu.h"
#include "layers/softmax_loss/softmax_loss_kernel.h"
#include "layers/softmax_loss/softmax_loss_layer.h"
#include "layers/softmax_loss/softmax_loss_reference.h"
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

constexpr int64_t kIgnore = 255;

LayerParameter SoftmaxLossParameter() {
  LayerParameter parameter;
  parameter.set_name("loss");
  parameter.set_type("SoftmaxWithLoss");
  parameter.add_bottom("fc");
  parameter.add_bottom("label");
  parameter.add_top("loss");
  return parameter;
}

struct LossAndCount {
  float loss;
  float count;  // 0 where the loss is no mean
};

// The loss of 2 images with 2 positions each, of 4 classes, uniform scores:
// each counted position gives log(4), the unit of what is returned.
LossAndCount UniformLoss(const AvailableDevice& device,
                         const LayerParameter& parameter,
                         const std::vector<float>& labels) {
  LayerRunner runner(device, parameter, {{2, 4, 2}, {2, 2}}, {});
  CHECK_OK(runner.status());
  runner.input(0).Fill(7);
  runner.input(1).FromVector(labels);
  runner.Forward();
  return {
      runner.output(0).ToVector()[0] / std::log(4.0f),
      runner.plan().num_mean_outputs == 0 ? 0 : runner.counts(0).ToVector()[0]};
}

class SoftmaxLossLayerTest : public testing::TestWithParam<AvailableDevice> {};
using SoftmaxLossLayerDeathTest = SoftmaxLossLayerTest;
INSTANTIATE_TEST_SUITE_P(Devices, SoftmaxLossLayerDeathTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());
INSTANTIATE_TEST_SUITE_P(Devices, SoftmaxLossLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(SoftmaxLossLayerTest, PlansScalarLossAndProbabilities) {
  LayerParameter parameter = SoftmaxLossParameter();
  parameter.add_top("prob");
  LayerRunner runner(GetParam(), parameter, {{64, 10}, {64}}, {});
  ASSERT_OK(runner.status());
  EXPECT_THAT(runner.plan().outputs, ElementsAre(Shape(), Shape{64, 10}));
  EXPECT_THAT(runner.plan().saved_bytes, ElementsAre(2560));
  EXPECT_TRUE(runner.plan().is_loss);
  EXPECT_EQ(runner.plan().num_mean_outputs, 1);
  EXPECT_EQ(runner.plan().num_differentiable_inputs, 1);
}

TEST_P(SoftmaxLossLayerTest, RefusesWhatItCannotDo) {
  const auto code = absl::StatusCode::kInvalidArgument;
  LayerParameter smooth = SoftmaxLossParameter();
  smooth.mutable_loss_param()->set_label_smoothing(1);
  EXPECT_THAT(SoftmaxLossLayer::Create(smooth, MakeSoftmaxLossCpu),
              StatusIs(code, "label_smoothing is 1, it must be in [0, 1)"));
  smooth.mutable_loss_param()->set_label_smoothing(std::nanf(""));
  EXPECT_THAT(SoftmaxLossLayer::Create(smooth, MakeSoftmaxLossCpu),
              StatusIs(code, HasSubstr("label_smoothing is nan")));
  LayerParameter lonely = SoftmaxLossParameter();
  lonely.clear_bottom();
  EXPECT_THAT(SoftmaxLossLayer::Create(lonely, MakeSoftmaxLossCpu),
              StatusIs(code, "takes 2 bottoms, has 0"));

  EXPECT_THAT(
      LayerRunner(GetParam(), SoftmaxLossParameter(), {{64, 10}, {32}}, {})
          .status(),
      StatusIs(code,
               "bottom \"label\" has 32 labels, bottom \"fc\" of shape "
               "64x10 needs 64"));
  LayerParameter axis = SoftmaxLossParameter();
  axis.mutable_softmax_param()->set_axis(2);
  EXPECT_THAT(LayerRunner(GetParam(), axis, {{64, 10}, {64}}, {}).status(),
              StatusIs(code, HasSubstr("axis 2 is out of range")));
}

TEST_P(SoftmaxLossLayerTest, NormalizesAsAsked) {
  LayerParameter parameter = SoftmaxLossParameter();
  LossParameter* loss = parameter.mutable_loss_param();
  loss->set_ignore_label(kIgnore);
  const std::vector<float> labels = {0, 3, kIgnore, 1};
  const auto expect = [&](float expected_loss, float expected_count) {
    const LossAndCount uniform = UniformLoss(GetParam(), parameter, labels);
    EXPECT_FLOAT_EQ(uniform.loss, expected_loss);
    EXPECT_EQ(uniform.count, expected_count);
  };
  expect(1, 3);  // VALID
  loss->set_normalization(LossParameter::FULL);
  expect(3.0f / 4, 4);
  loss->set_normalization(LossParameter::BATCH_SIZE);
  expect(3.0f / 2, 2);
  loss->set_normalization(LossParameter::NONE);
  expect(3, 0);
  loss->clear_normalization();
  loss->set_normalize(false);
  expect(3.0f / 2, 2);
  loss->set_normalize(true);
  expect(1, 3);
  // Nothing to count: 0, not 0 / 0.
  const LossAndCount nothing =
      UniformLoss(GetParam(), parameter, std::vector<float>(4, kIgnore));
  EXPECT_EQ(nothing.loss, 0);
  EXPECT_EQ(nothing.count, 0);
}

TEST_P(SoftmaxLossLayerTest, GradientScalesWithThatOfTheLoss) {
  LayerRunner runner(GetParam(), SoftmaxLossParameter(), {{1, 2}, {1}}, {});
  ASSERT_OK(runner.status());
  runner.input(1).FromVector({1});
  runner.output_grad(0).Fill(4);
  runner.Forward();
  runner.Backward();
  EXPECT_THAT(runner.input_grad(0).ToVector(), ElementsAre(2, -2));
}

TEST_P(SoftmaxLossLayerTest, ProbabilitiesHaveAGradientOfTheirOwn) {
  LayerParameter parameter = SoftmaxLossParameter();
  parameter.add_top("prob");
  LayerRunner runner(GetParam(), parameter, {{1, 2}, {1}}, {});
  ASSERT_OK(runner.status());
  runner.output_grad(0).Fill(0);
  runner.output_grad(1).FromVector({4, 0});
  runner.Forward();
  runner.Backward();
  EXPECT_THAT(runner.input_grad(0).ToVector(), ElementsAre(1, -1));
}

TEST_P(SoftmaxLossLayerTest, StaysFiniteForHugeScores) {
  LayerParameter parameter = SoftmaxLossParameter();
  parameter.add_top("prob");
  LayerRunner runner(GetParam(), parameter, {{1, 2}, {1}}, {});
  ASSERT_OK(runner.status());
  runner.input(0).FromVector({1e4f, -1e4f});
  runner.input(1).FromVector({1});
  runner.output_grad(1).Fill(0);
  runner.Forward();
  runner.Backward();
  EXPECT_FLOAT_EQ(runner.output(0).ToVector()[0], 2e4f);
  EXPECT_THAT(runner.output(1).ToVector(), ElementsAre(1, 0));
  EXPECT_THAT(runner.input_grad(0).ToVector(), ElementsAre(1, -1));
}

TEST_P(SoftmaxLossLayerDeathTest, LabelsThatAreNoClassNeverIndexMemory) {
  for (const float label : {-1.0f, 3.0f, 1e9f, 0.5f, std::nanf("")}) {
    LayerRunner runner(GetParam(), SoftmaxLossParameter(), {{1, 3}, {1}}, {});
    ASSERT_OK(runner.status());
    runner.input(1).FromVector({label});
    // Its kernel may run when somebody waits for it.
    EXPECT_DEATH(
        {
          runner.Forward();
          runner.output(0).ToVector();
        },
        "label .* classes");
  }
}

TEST(SoftmaxLossReferenceTest, ByHand) {
  // p = (1/4, 3/4), smoothing 0.5: t = (1/4, 3/4).
  SoftmaxLossOptions options;
  options.lines = LinesAlong({1, 2}, 1);
  options.label_smoothing = 0.5f;
  TestTensor<double> x({1, 2}), y({1, 2}), dx({1, 2}), label({1});
  x.FromVector({5, 5 + std::log(3.0)});
  label.Fill(1);
  double loss = 0, p[2] = {}, dloss = 8, count = 0;
  SoftmaxLossForwardReference<double>(
      options,
      {x.strided(), label.strided(), &loss, p, y.strided(), nullptr, &count});
  EXPECT_EQ(count, 1);
  EXPECT_NEAR(p[0], 0.25, 1e-12);
  EXPECT_NEAR(y.ToVector()[1], 0.75, 1e-12);
  EXPECT_NEAR(loss, -0.25 * std::log(0.25) - 0.75 * std::log(0.75), 1e-12);
  options.label_smoothing = 0;
  SoftmaxLossBackwardReference<double>(
      options,
      {label.strided(), p, &dloss, {}, dx.strided(), GradMode::kWrite});
  EXPECT_NEAR(dx.ToVector()[0], 2, 1e-12);
  EXPECT_NEAR(dx.ToVector()[1], -2, 1e-12);
}

struct Case {
  Shape scores;
  int axis;
  Shape labels;
  Padding padding;
  float label_smoothing;
  double fixed_normalizer;
};

SoftmaxLossOptions OptionsOf(const Case& c) {
  SoftmaxLossOptions options;
  options.lines = LinesAlong(c.scores, c.axis);
  options.labels = {c.labels.num(), c.labels.channels(), c.labels.spatial()};
  options.has_ignore_label = true;
  options.ignore_label = kIgnore;
  options.label_smoothing = c.label_smoothing;
  options.fixed_normalizer = c.fixed_normalizer;
  return options;
}

// Random classes, every fifth one ignored.
template <typename T>
void FillLabels(const Case& c, RandomStream* random, TestTensor<T>* labels) {
  std::vector<T> values;
  for (int64_t i = 0; i < c.labels.num_elements(); ++i) {
    const uint32_t label = random->UniformInt(c.scores.dim(c.axis));
    values.push_back(i % 5 == 4 ? T(kIgnore) : T(label));
  }
  labels->FromVector(values);
}

class SoftmaxLossTest : public testing::TestWithParam<Case> {};

TEST_P(SoftmaxLossTest, Gradient) {
  const Case& c = GetParam();
  const SoftmaxLossOptions options = OptionsOf(c);
  RandomStream random(1);
  TestTensor<double> x(c.scores), labels(c.labels), dx(c.scores);
  TestTensor<double> y(c.scores), dy(c.scores);
  x.FillRandom(&random, -2, 2);
  dy.FillRandom(&random);
  FillLabels(c, &random, &labels);
  std::vector<double> p(c.scores.num_elements());
  const double dloss = 3;
  const auto objective = [&] {
    double loss = 0, count = 0;
    SoftmaxLossForwardReference<double>(
        options, {x.strided(), labels.strided(), &loss, p.data(), y.strided(),
                  nullptr, &count});
    return dloss * loss + Dot(&dy, &y);
  };
  objective();
  dx.Fill(9);
  SoftmaxLossBackwardReference<double>(
      options, {labels.strided(), p.data(), &dloss, dy.strided(), dx.strided(),
                GradMode::kWrite});
  CheckGradient(objective, &x, &dx);
}

// Everything that forward and backward compute, in one vector.
std::vector<float> RunCpu(const Case& c, int num_threads, GradMode mode) {
  const SoftmaxLossOptions options = OptionsOf(c);
  CpuDevice device(num_threads);
  const auto kernel = MakeSoftmaxLossCpu(options, device).value();
  RandomStream random(2);
  TestTensor<float> x(c.scores, c.padding), y(c.scores, c.padding);
  TestTensor<float> dx(c.scores, c.padding), labels(c.labels, c.padding);
  TestTensor<float> dy(c.scores, c.padding);
  x.FillRandom(&random, -5, 5);
  dy.FillRandom(&random);
  FillLabels(c, &random, &labels);
  std::vector<float> p(c.scores.num_elements(), NAN);
  std::vector<double> workspace(kernel->forward_workspace_bytes() / 8, NAN);
  float loss = NAN, count = NAN;
  const float dloss = 3;
  kernel->Forward({x.strided(), labels.strided(), &loss, p.data(), y.strided(),
                   workspace.data(), &count});
  dx.Fill(9);
  kernel->Backward(
      {labels.strided(), p.data(), &dloss, dy.strided(), dx.strided(), mode});
  EXPECT_TRUE(y.PaddingIsUntouched());
  EXPECT_TRUE(dx.PaddingIsUntouched());

  TestTensor<float> expected_y(c.scores), expected_dx(c.scores);
  std::vector<float> expected_p(p.size());
  float expected_loss = 0, expected_count = 0;
  SoftmaxLossForwardReference<float>(
      options,
      {x.strided(), labels.strided(), &expected_loss, expected_p.data(),
       expected_y.strided(), nullptr, &expected_count});
  EXPECT_EQ(count, expected_count);
  expected_dx.Fill(9);
  SoftmaxLossBackwardReference<float>(
      options, {labels.strided(), expected_p.data(), &dloss, dy.strided(),
                expected_dx.strided(), mode});
  EXPECT_TRUE(AllClose<float>({loss}, {expected_loss}, 64));
  EXPECT_TRUE(AllClose(p, expected_p, 16));
  EXPECT_TRUE(AllClose(y.ToVector(), expected_y.ToVector(), 16));
  EXPECT_TRUE(AllClose(dx.ToVector(), expected_dx.ToVector(), 16));

  std::vector<float> all = dx.ToVector();
  all.push_back(loss);
  return all;
}

TEST_P(SoftmaxLossTest, CpuEqualsReference) {
  for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
    const std::vector<float> one = RunCpu(GetParam(), 1, mode);
    EXPECT_THAT(one, SizeIs(GetParam().scores.num_elements() + 1));
    EXPECT_EQ(one, RunCpu(GetParam(), 3, mode));
  }
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, SoftmaxLossTest,
    testing::Values(Case{{1, 1}, 1, {1}, {}, 0, 0},
                    Case{{67, 10}, 1, {67}, {3, 7}, 0, 0},
                    Case{{5, 3, 2, 3}, 1, {5, 1, 2, 3}, {2, 5}, 0.1f, 5},
                    Case{{7, 4, 3}, 0, {4, 3}, {1, 2}, 0.25f, 1},
                    Case{{2, 3, 2, 17, 2}, 3, {2, 3, 4}, {4, 1}, 0, 24},
                    Case{{6, 5, 7}, 2, {6, 5}, {0, 3}, 0.5f, 0}));

}  // namespace
}  // namespace tamp
