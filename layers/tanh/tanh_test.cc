#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/layer.h"
#include "layers/tanh/tanh_cpu.h"
#include "layers/tanh/tanh_kernel.h"
#include "layers/tanh/tanh_layer.h"
#include "layers/tanh/tanh_reference.h"
#include "tests/util/gradient_check.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;

LayerParameter TanhLayerParameter() {
  LayerParameter parameter;
  parameter.set_name("tanh");
  parameter.set_type("TanH");
  parameter.add_bottom("x");
  parameter.add_top("y");
  return parameter;
}

TanhOptions OptionsOf(const Shape& shape) {
  return {{shape.num(), shape.channels(), shape.spatial()}};
}

TEST(TanhLayerTest, RunsInPlace) {
  for (const bool in_place : {false, true}) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Layer> layer,
                         TanhLayer::Create(TanhLayerParameter(), MakeTanhCpu));
    LayerRunner::Options options;
    options.in_place = options.backward_in_place = in_place;
    LayerRunner runner(layer.get(), {{1, 2}}, options);
    ASSERT_OK(runner.status());
    EXPECT_THAT(runner.plan().outputs, ElementsAre(Shape{1, 2}));
    EXPECT_TRUE(runner.plan().can_run_in_place);
    EXPECT_TRUE(runner.plan().can_run_backward_in_place);
    EXPECT_FALSE(runner.plan().backward_reads_inputs);
    runner.input(0).FromVector({-1, 2});
    runner.output_grad(0).FromVector({3, 3});
    runner.Forward();
    runner.Backward();
    const std::vector<float> y = runner.output(0).ToVector();
    const std::vector<float> dx = runner.input_grad(0).ToVector();
    const float low = std::tanh(-1.0f), high = std::tanh(2.0f);
    EXPECT_FLOAT_EQ(y[0], low);
    EXPECT_FLOAT_EQ(y[1], high);
    EXPECT_FLOAT_EQ(dx[0], 3 * (1 - low * low));
    EXPECT_FLOAT_EQ(dx[1], 3 * (1 - high * high));
  }
}

TEST(TanhLayerTest, RefusesWhatItCannotDo) {
  LayerParameter two_bottoms = TanhLayerParameter();
  two_bottoms.add_bottom("z");
  EXPECT_THAT(
      TanhLayer::Create(two_bottoms, MakeTanhCpu),
      StatusIs(absl::StatusCode::kInvalidArgument, "takes 1 bottom, has 2"));
}

TEST(TanhReferenceTest, Gradient) {
  const Shape shape = {2, 3, 5};
  {
    const TanhOptions options = OptionsOf(shape);
    RandomStream random(1);
    TestTensor<double> x(shape), y(shape), dy(shape), dx(shape);
    x.FillRandom(&random, -3, 3);
    dy.FillRandom(&random);
    const auto objective = [&] {
      TanhForwardReference<double>(options, {x.strided(), y.strided()});
      return Dot(&dy, &y);
    };
    objective();
    dx.Fill(9);
    TanhBackwardReference<double>(
        options, {y.strided(), dy.strided(), dx.strided(), GradMode::kWrite});
    CheckGradient(objective, &x, &dx);
  }
}

struct Case {
  Shape shape;
  Padding padding;
};

class TanhCpuTest : public testing::TestWithParam<Case> {};

TEST_P(TanhCpuTest, EqualsReference) {
  const auto& [shape, padding] = GetParam();
  const TanhOptions options = OptionsOf(shape);
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 3}) {
    const CpuDevice device(threads);
    const std::unique_ptr<TanhKernel> kernel = MakeTanhCpu(options, device);
    RandomStream random(2);
    TestTensor<float> x(shape, padding), y(shape, padding), dy(shape, padding);
    TestTensor<float> expected(shape);
    x.FillRandom(&random, -20, 20);
    dy.FillRandom(&random);
    kernel->Forward({x.strided(), y.strided()});
    TanhForwardReference<float>(options, {x.strided(), expected.strided()});
    EXPECT_TRUE(AllClose(y.ToVector(), expected.ToVector(), 4));
    EXPECT_TRUE(y.PaddingIsUntouched());
    results.push_back(y.ToVector());
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      TestTensor<float> dx(shape, padding), expected_dx(shape);
      dx.Fill(9);
      expected_dx.Fill(9);
      kernel->Backward({y.strided(), dy.strided(), dx.strided(), mode});
      TanhBackwardReference<float>(
          options, {y.strided(), dy.strided(), expected_dx.strided(), mode});
      EXPECT_TRUE(AllClose(dx.ToVector(), expected_dx.ToVector(), 4));
      EXPECT_TRUE(dx.PaddingIsUntouched());
      results.push_back(dx.ToVector());
    }
  }
  for (int i = 0; i < 4; ++i) EXPECT_EQ(results[i], results[i + 4]);
}

INSTANTIATE_TEST_SUITE_P(AwkwardSizes, TanhCpuTest,
                         testing::Values(Case{{1, 1, 1}, {}},
                                         Case{{2, 3, 15}, {1, 0}},
                                         Case{{3, 2, 16}, {0, 5}},
                                         Case{{2, 5, 17}, {3, 7}},
                                         Case{{4, 7}, {2, 3}}, Case{{5}, {}}));

}  // namespace
}  // namespace tamp
