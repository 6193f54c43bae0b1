#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/check.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/dropout_mask.h"
#include "layers/dropout/dropout_cpu.h"
#include "layers/dropout/dropout_kernel.h"
#include "layers/dropout/dropout_layer.h"
#include "layers/dropout/dropout_reference.h"
#include "layers/layer.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/gradient_check.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

LayerParameter WithRatio(float ratio) {
  LayerParameter parameter;
  parameter.set_name("block1/3/drop");
  parameter.set_type("Dropout");
  parameter.add_bottom("x");
  parameter.add_top("y");
  parameter.mutable_dropout_param()->set_dropout_ratio(ratio);
  return parameter;
}

// y for x = 1 everywhere.
std::vector<float> FactorsOf(const AvailableDevice& device,
                             const LayerParameter& parameter, Phase phase,
                             StepContext step) {
  LayerRunner::Options options;
  options.phase = phase;
  LayerRunner runner(device, parameter, {{4, 8, 8}}, options);
  CHECK_OK(runner.status());
  runner.step() = step;
  runner.input(0).Fill(1);
  runner.Forward();
  return runner.output(0).ToVector();
}

class DropoutLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, DropoutLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(DropoutLayerTest, PlansInPlaceAndKeepsNothing) {
  LayerRunner runner(GetParam(), WithRatio(0.2f), {{2, 3, 4, 4}}, {});
  ASSERT_OK(runner.status());
  EXPECT_THAT(runner.plan().outputs, ElementsAre(Shape{2, 3, 4, 4}));
  EXPECT_TRUE(runner.plan().can_run_in_place);
  EXPECT_TRUE(runner.plan().can_run_backward_in_place);
  EXPECT_TRUE(runner.plan().saved_bytes.empty());
  EXPECT_FALSE(runner.plan().backward_reads_inputs);
  EXPECT_FALSE(runner.plan().backward_reads_outputs);
}

TEST_P(DropoutLayerTest, RefusesWhatItCannotDo) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(DropoutLayer::Create(WithRatio(1.5f), MakeDropoutCpu),
              StatusIs(code, "dropout_ratio is 1.5, it must be in [0, 1)"));
  EXPECT_THAT(DropoutLayer::Create(WithRatio(1), MakeDropoutCpu),
              StatusIs(code, HasSubstr("dropout_ratio is 1,")));
  EXPECT_THAT(DropoutLayer::Create(WithRatio(-0.1f), MakeDropoutCpu),
              StatusIs(code, HasSubstr("dropout_ratio is -0.1,")));
  EXPECT_THAT(DropoutLayer::Create(WithRatio(std::nanf("")), MakeDropoutCpu),
              StatusIs(code, HasSubstr("dropout_ratio is nan,")));
}

TEST_P(DropoutLayerTest, MaskIsThatOfSeedNameAndStep) {
  DropoutMask mask;
  mask.key = DeriveKey(5, "block1/3/drop");
  mask.step = 6;
  mask.threshold = DropoutThreshold(0.2f);
  mask.kept = 1 / (1 - 0.2f);
  std::vector<float> expected;
  for (int64_t i = 0; i < 256; ++i) expected.push_back(mask.Factor(i));
  EXPECT_EQ(FactorsOf(GetParam(), WithRatio(0.2f), TRAIN, {5, 6}), expected);
  EXPECT_NE(FactorsOf(GetParam(), WithRatio(0.2f), TRAIN, {5, 7}), expected);
  EXPECT_NE(FactorsOf(GetParam(), WithRatio(0.2f), TRAIN, {4, 6}), expected);
}

TEST_P(DropoutLayerTest, ScalesInTrainingOrInTesting) {
  LayerParameter parameter = WithRatio(0.5f);
  EXPECT_THAT(FactorsOf(GetParam(), parameter, TRAIN, {}),
              testing::Each(testing::AnyOf(0, 2)));
  EXPECT_THAT(FactorsOf(GetParam(), parameter, TEST, {}), testing::Each(1));
  parameter.mutable_dropout_param()->set_scale_train(false);
  EXPECT_THAT(FactorsOf(GetParam(), parameter, TRAIN, {}),
              testing::Each(testing::AnyOf(0, 1)));
  EXPECT_THAT(FactorsOf(GetParam(), parameter, TEST, {}), testing::Each(0.5f));
  EXPECT_THAT(FactorsOf(GetParam(), WithRatio(0), TRAIN, {}), testing::Each(1));
}

TEST_P(DropoutLayerTest, BackwardUsesTheMaskOfForwardAlsoInPlace) {
  for (const bool in_place : {false, true}) {
    LayerRunner::Options options;
    options.in_place = options.backward_in_place = in_place;
    LayerRunner runner(GetParam(), WithRatio(0.4f), {{3, 5, 7}}, options,
                       {2, 3});
    ASSERT_OK(runner.status());
    runner.step() = {1, 2};
    runner.input(0).Fill(3);
    runner.output_grad(0).Fill(3);
    runner.Forward();
    runner.Backward();
    EXPECT_EQ(runner.output(0).ToVector(), runner.input_grad(0).ToVector());
    EXPECT_THAT(runner.output(0).ToVector(), testing::Contains(0));
    EXPECT_TRUE(runner.PaddingIsUntouched());
  }
}

DropoutMask SomeMask(float ratio) {
  DropoutMask mask;
  mask.key = 77;
  mask.step = 8;
  mask.threshold = DropoutThreshold(ratio);
  mask.kept = 1 / (1 - ratio);
  return mask;
}

TEST(DropoutReferenceTest, Gradient) {
  const Shape shape = {2, 3, 5};
  const DropoutMask mask = SomeMask(0.3f);
  RandomStream random(1);
  TestTensor<double> x(shape), y(shape), dy(shape), dx(shape);
  x.FillRandom(&random);
  dy.FillRandom(&random);
  const auto objective = [&] {
    DropoutReference<double>({2, 3, 5}, mask,
                             {x.strided(), y.strided(), GradMode::kWrite});
    return Dot(&dy, &y);
  };
  DropoutReference<double>({2, 3, 5}, mask,
                           {dy.strided(), dx.strided(), GradMode::kWrite});
  CheckGradient(objective, &x, &dx);
}

struct Case {
  Shape shape;
  Padding padding;
  float ratio;
};

class DropoutCpuTest : public testing::TestWithParam<Case> {};

TEST_P(DropoutCpuTest, EqualsReference) {
  const auto& [shape, padding, ratio] = GetParam();
  const Extents extents = {shape.num(), shape.channels(), shape.spatial()};
  const DropoutMask mask = SomeMask(ratio);
  for (const int threads : {1, 3}) {
    CpuDevice device(threads);
    const std::unique_ptr<DropoutKernel> kernel =
        MakeDropoutCpu(extents, device).value();
    RandomStream random(2);
    TestTensor<float> x(shape, padding), y(shape, padding), expected(shape);
    x.FillRandom(&random);
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      y.Fill(9);
      expected.Fill(9);
      kernel->Apply(mask, {x.strided(), y.strided(), mode});
      DropoutReference<float>(extents, mask,
                              {x.strided(), expected.strided(), mode});
      EXPECT_EQ(y.ToVector(), expected.ToVector());
      EXPECT_TRUE(y.PaddingIsUntouched());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AwkwardSizes, DropoutCpuTest,
                         testing::Values(Case{{1, 1, 1}, {}, 0.5f},
                                         Case{{2, 3, 15}, {1, 0}, 0.2f},
                                         Case{{3, 2, 16}, {0, 5}, 0.1f},
                                         Case{{2, 3, 1029}, {0, 3}, 0.2f},
                                         Case{{2, 2, 2053}, {3, 7}, 0.9f},
                                         Case{{4, 7}, {2, 3}, 0.5f},
                                         Case{{5, 101}, {}, 0},
                                         Case{{5}, {}, 0.5f}));

}  // namespace
}  // namespace tamp
