#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/lines_along.h"
#include "layers/accuracy/accuracy_cpu.h"
#include "layers/accuracy/accuracy_kernel.h"
#include "layers/accuracy/accuracy_layer.h"
#include "layers/accuracy/accuracy_reference.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kIgnore = -1;

LayerParameter WithTopK(uint32_t top_k) {
  LayerParameter parameter;
  parameter.set_name("accuracy");
  parameter.set_type("Accuracy");
  parameter.add_bottom("fc");
  parameter.add_bottom("label");
  parameter.add_top("accuracy");
  parameter.add_top("per_class");
  parameter.mutable_accuracy_param()->set_top_k(top_k);
  parameter.mutable_accuracy_param()->set_ignore_label(kIgnore);
  return parameter;
}

class AccuracyLayerTest : public testing::TestWithParam<AvailableDevice> {};
using AccuracyLayerDeathTest = AccuracyLayerTest;
INSTANTIATE_TEST_SUITE_P(Devices, AccuracyLayerDeathTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());
INSTANTIATE_TEST_SUITE_P(Devices, AccuracyLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(AccuracyLayerTest, ByHand) {
  LayerRunner runner(GetParam(), WithTopK(1), {{5, 3}, {5}}, {});
  ASSERT_OK(runner.status());
  EXPECT_THAT(runner.plan().outputs, ElementsAre(Shape(), Shape{3}));
  EXPECT_EQ(runner.plan().num_differentiable_inputs, 0);
  EXPECT_FALSE(runner.plan().is_loss);
  runner.input(0).FromVector({1, 2, 3,    // class 2: right
                              3, 2, 1,    // class 1: wrong
                              1, 5, 2,    // class 1: right
                              4, 4, 0,    // a tie for class 0: wrong
                              9, 0, 0});  // ignored
  runner.input(1).FromVector({2, 1, 1, 0, kIgnore});
  runner.Forward();
  EXPECT_THAT(runner.output(0).ToVector(), ElementsAre(0.5f));
  EXPECT_THAT(runner.output(1).ToVector(), ElementsAre(0, 0.5f, 1));
  EXPECT_EQ(runner.plan().num_mean_outputs, 2);
  EXPECT_THAT(runner.counts(0).ToVector(), ElementsAre(4));
  EXPECT_THAT(runner.counts(1).ToVector(), ElementsAre(1, 2, 1));
}

TEST_P(AccuracyLayerTest, WithoutThePerClassTop) {
  LayerParameter parameter = WithTopK(1);
  parameter.mutable_top()->RemoveLast();
  LayerRunner runner(GetParam(), parameter, {{2, 2}, {2}}, {});
  ASSERT_OK(runner.status());
  EXPECT_EQ(runner.plan().num_mean_outputs, 1);
  runner.input(0).FromVector({1, 0, 1, 0});
  runner.input(1).FromVector({0, 1});
  runner.Forward();
  EXPECT_THAT(runner.output(0).ToVector(), ElementsAre(0.5f));
  EXPECT_THAT(runner.counts(0).ToVector(), ElementsAre(2));
}

TEST_P(AccuracyLayerTest, CountsTheBestTwo) {
  LayerRunner runner(GetParam(), WithTopK(2), {{3, 3}, {3}}, {});
  ASSERT_OK(runner.status());
  runner.input(0).FromVector({1, 2, 3, 1, 2, 3, 1, 2, 3});
  runner.input(1).FromVector({0, 1, 2});
  runner.Forward();
  EXPECT_FLOAT_EQ(runner.output(0).ToVector()[0], 2.0f / 3);
}

// However many of the best count: all of them, too.
TEST_P(AccuracyLayerTest, ScoresThatAreNotFiniteAreNeverRight) {
  for (const uint32_t top_k : {1, 2, 3}) {
    LayerRunner runner(GetParam(), WithTopK(top_k), {{6, 3}, {6}}, {});
    ASSERT_OK(runner.status());
    runner.input(0).FromVector({NAN, NAN, NAN,   //
                                NAN, 1, 0,       //
                                1, NAN, 0,       //
                                INFINITY, 1, 0,  //
                                1, INFINITY, 0,  //
                                -INFINITY, 1, -INFINITY});
    runner.input(1).Fill(0);
    runner.Forward();
    EXPECT_EQ(runner.output(0).ToVector()[0], 0) << top_k;
    EXPECT_THAT(runner.output(1).ToVector(), ElementsAre(0, 0, 0)) << top_k;
    EXPECT_THAT(runner.counts(1).ToVector(), ElementsAre(6, 0, 0)) << top_k;
  }
}

// A class that a net rules out does no harm: the loss is finite, too.
TEST_P(AccuracyLayerTest, OtherClassesMayBeMinusInfinity) {
  LayerRunner runner(GetParam(), WithTopK(1), {{2, 3}, {2}}, {});
  ASSERT_OK(runner.status());
  runner.input(0).FromVector({-INFINITY, 1, 0, -INFINITY, -9, -INFINITY});
  runner.input(1).FromVector({1, 1});
  runner.Forward();
  EXPECT_EQ(runner.output(0).ToVector()[0], 1);
}

// All classes are among the best of all; a tie is one for each other place.
TEST_P(AccuracyLayerTest, TiesAndAllClasses) {
  const float expected[] = {0, 0.5f, 1};
  for (const uint32_t top_k : {1, 2, 3}) {
    LayerRunner runner(GetParam(), WithTopK(top_k), {{2, 3}, {2}}, {});
    ASSERT_OK(runner.status());
    runner.input(0).FromVector({5, 5, 5, 5, 5, 4});
    runner.input(1).FromVector({0, 1});
    runner.Forward();
    EXPECT_EQ(runner.output(0).ToVector()[0], expected[top_k - 1]) << top_k;
  }
}

TEST_P(AccuracyLayerTest, NothingCountedIsZero) {
  LayerRunner runner(GetParam(), WithTopK(1), {{2, 2}, {2}}, {});
  ASSERT_OK(runner.status());
  runner.input(1).Fill(kIgnore);
  runner.Forward();
  EXPECT_EQ(runner.output(0).ToVector()[0], 0);
}

TEST_P(AccuracyLayerTest, RefusesWhatItCannotDo) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(AccuracyLayer::Create(WithTopK(0), MakeAccuracyCpu),
              StatusIs(code, "top_k is 0, it must be at least 1"));
  LayerParameter lonely = WithTopK(1);
  lonely.mutable_bottom()->RemoveLast();
  EXPECT_THAT(AccuracyLayer::Create(lonely, MakeAccuracyCpu),
              StatusIs(code, "takes 2 bottoms, has 1"));
  EXPECT_THAT(LayerRunner(GetParam(), WithTopK(4), {{5, 3}, {5}}, {}).status(),
              StatusIs(code, "top_k is 4, bottom \"fc\" has 3 classes"));
  EXPECT_THAT(LayerRunner(GetParam(), WithTopK(4), {{5, 4}, {4}}, {}).status(),
              StatusIs(code,
                       "bottom \"label\" has 4 labels, bottom \"fc\" of shape "
                       "5x4 needs 5"));
  EXPECT_THAT(LayerRunner(GetParam(), WithTopK(4), {{5}, {5}}, {}).status(),
              StatusIs(code, HasSubstr("axis 1 is out of range")));
}

TEST_P(AccuracyLayerDeathTest, LabelsThatAreNoClassNeverIndexMemory) {
  LayerRunner runner(GetParam(), WithTopK(1), {{1, 3}, {1}}, {});
  ASSERT_OK(runner.status());
  runner.input(1).FromVector({3});
  // Its kernel may run when somebody waits for it.
  EXPECT_DEATH(
      {
        runner.Forward();
        runner.output(0).ToVector();
      },
      "label .* classes");
}

struct Case {
  Shape scores;
  int axis;
  Shape labels;
  Padding padding;
  int64_t top_k;
};

class AccuracyCpuTest : public testing::TestWithParam<Case> {};

TEST_P(AccuracyCpuTest, EqualsReference) {
  const Case& c = GetParam();
  AccuracyOptions options;
  options.lines = LinesAlong(c.scores, c.axis);
  options.labels = {c.labels.num(), c.labels.channels(), c.labels.spatial()};
  options.top_k = c.top_k;
  options.has_ignore_label = true;
  options.ignore_label = kIgnore;
  CpuDevice device(3);
  const auto kernel = MakeAccuracyCpu(options, device).value();
  RandomStream random(1);
  TestTensor<float> x(c.scores, c.padding), labels(c.labels, c.padding);
  // Few distinct scores, so that there are ties; some are not finite.
  const float kinds[] = {0, 1, 2, 3, 4, -INFINITY};
  std::vector<float> scores, classes;
  for (int64_t i = 0; i < c.scores.num_elements(); ++i) {
    scores.push_back(kinds[random.UniformInt(6)]);
    if (i % 37 == 36) scores.back() = i % 2 == 0 ? NAN : INFINITY;
  }
  for (int64_t i = 0; i < c.labels.num_elements(); ++i) {
    classes.push_back(i % 7 == 3 ? kIgnore
                                 : random.UniformInt(options.lines.length));
  }
  x.FromVector(scores);
  labels.FromVector(classes);
  TestTensor<float> per_class({options.lines.length}, c.padding);
  TestTensor<float> expected_per_class({options.lines.length});
  per_class.Fill(NAN);
  float accuracy = NAN, expected = NAN, count = NAN, expected_count = NAN;
  std::vector<float> class_counts(options.lines.length, NAN);
  std::vector<float> expected_class_counts = class_counts;
  std::vector<int64_t> workspace(kernel->forward_workspace_bytes() / 8, -9);
  kernel->Forward({x.strided(), labels.strided(), &accuracy,
                   per_class.strided(), workspace.data(), &count,
                   class_counts.data()});
  AccuracyForwardReference<float>(
      options,
      {x.strided(), labels.strided(), &expected, expected_per_class.strided(),
       nullptr, &expected_count, expected_class_counts.data()});
  EXPECT_EQ(count, expected_count);
  EXPECT_EQ(class_counts, expected_class_counts);
  EXPECT_EQ(accuracy, expected);
  EXPECT_EQ(per_class.ToVector(), expected_per_class.ToVector());
  EXPECT_TRUE(per_class.PaddingIsUntouched());
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, AccuracyCpuTest,
    testing::Values(Case{{1, 1}, 1, {1}, {}, 1},
                    Case{{67, 10}, 1, {67}, {3, 7}, 1},
                    Case{{67, 10}, 1, {67, 1}, {3, 7}, 5},
                    Case{{5, 3, 2, 3}, 1, {5, 1, 2, 3}, {2, 5}, 3},
                    Case{{7, 4, 3}, 0, {4, 3}, {1, 2}, 2},
                    Case{{2, 3, 2, 17, 2}, 3, {2, 3, 4}, {4, 1}, 4}));

}  // namespace
}  // namespace tamp
