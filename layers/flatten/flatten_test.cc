#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/check.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/cpu/copy_cpu.h"
#include "layers/flatten/flatten_layer.h"
#include "layers/layer.h"
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

std::unique_ptr<Layer> MakeLayer(int axis, int end_axis) {
  auto layer = FlattenLayer::Create(FlattenAxes(axis, end_axis), MakeCopyCpu);
  CHECK_OK(layer.status());
  return *std::move(layer);
}

struct Case {
  int axis, end_axis;
  Shape output;
};

class FlattenTest : public testing::TestWithParam<Case> {};

TEST_P(FlattenTest, KeepsTheOrder) {
  const Case& c = GetParam();
  const Shape input = {2, 3, 4, 5};
  for (const Padding& padding : {Padding{}, Padding{2, 3}}) {
    for (const int threads : {1, 3}) {
      const std::unique_ptr<Layer> layer = MakeLayer(c.axis, c.end_axis);
      LayerRunner::Options options;
      options.num_threads = threads;
      LayerRunner runner(layer.get(), {input}, options, padding);
      ASSERT_OK(runner.status());
      ASSERT_EQ(runner.plan().outputs[0], c.output);
      RandomStream random(1);
      runner.input(0).FillRandom(&random);
      runner.output_grad(0).FillRandom(&random);
      runner.Forward();
      runner.Backward();
      EXPECT_EQ(runner.output(0).ToVector(), runner.input(0).ToVector());
      EXPECT_EQ(runner.input_grad(0).ToVector(),
                runner.output_grad(0).ToVector());
      runner.set_input_grad_mode(0, GradMode::kAdd);
      runner.Backward();
      std::vector<float> twice = runner.output_grad(0).ToVector();
      for (float& value : twice) value *= 2;
      EXPECT_EQ(runner.input_grad(0).ToVector(), twice);
      EXPECT_TRUE(runner.PaddingIsUntouched());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    AllAxes, FlattenTest,
    testing::Values(Case{1, -1, {2, 60}}, Case{0, -1, {120}},
                    Case{0, 1, {6, 4, 5}}, Case{1, 2, {2, 12, 5}},
                    Case{-2, -1, {2, 3, 20}}, Case{2, 2, {2, 3, 4, 5}}));

TEST(FlattenLayerTest, RefusesWhatItCannotDo) {
  const auto refuses = [](int axis, int end_axis, const std::string& message) {
    const std::unique_ptr<Layer> layer = MakeLayer(axis, end_axis);
    EXPECT_THAT(LayerRunner(layer.get(), {{2, 3, 4}}, {}).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, message));
  };
  refuses(3, -1, "axis 3 is out of range for shape 2x3x4");
  refuses(1, 3, "axis 3 is out of range for shape 2x3x4");
  refuses(-1, 0, "end_axis 0 is before axis -1 for shape 2x3x4");
}

}  // namespace
}  // namespace tamp
