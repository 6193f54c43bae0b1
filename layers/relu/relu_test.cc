#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/layer.h"
#include "layers/relu/relu_cpu.h"
#include "layers/relu/relu_kernel.h"
#include "layers/relu/relu_layer.h"
#include "layers/relu/relu_reference.h"
#include "tests/util/gradient_check.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

LayerParameter ReluParameter(float slope) {
  LayerParameter parameter;
  parameter.set_name("relu");
  parameter.set_type("ReLU");
  parameter.add_bottom("x");
  parameter.add_top("y");
  parameter.mutable_relu_param()->set_negative_slope(slope);
  return parameter;
}

TEST(ReluLayerTest, PlansSameShapeInPlace) {
  CpuDevice device(1);
  PlanContext context;
  context.device = &device;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Layer> layer,
                       ReluLayer::Create(ReluParameter(0), MakeReluCpu));
  const Shape shape = {2, 3, 4, 5};
  ASSERT_OK_AND_ASSIGN(const LayerPlan plan, layer->Plan({shape}, context));
  EXPECT_THAT(plan.outputs, ElementsAre(shape));
  EXPECT_TRUE(plan.can_run_in_place);
  EXPECT_TRUE(plan.parameters.empty());
  EXPECT_FALSE(plan.backward_reads_inputs);
}

TEST(ReluLayerTest, RefusesWhatItCannotDo) {
  EXPECT_THAT(ReluLayer::Create(ReluParameter(-1), MakeReluCpu),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("negative_slope is -1")));
  LayerParameter two_bottoms = ReluParameter(0);
  two_bottoms.add_bottom("z");
  EXPECT_THAT(ReluLayer::Create(two_bottoms, MakeReluCpu),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("takes 1 bottom, has 2")));
}

TEST(ReluReferenceTest, ByHand) {
  const ReluOptions options = {1, 1, 3, 0.5f};
  TestTensor<double> x({1, 1, 3}), y({1, 1, 3}), dy({1, 1, 3}), dx({1, 1, 3});
  x.FromVector({-2, 0, 3});
  ReluForwardReference<double>(options, {x.strided(), y.strided()});
  EXPECT_THAT(y.ToVector(), ElementsAre(-1, 0, 3));
  dy.FromVector({10, 20, 30});
  dx.Fill(1);
  ReluBackwardReference<double>(
      options, {y.strided(), dy.strided(), dx.strided(), GradMode::kAdd});
  EXPECT_THAT(dx.ToVector(), ElementsAre(6, 11, 31));
}

TEST(ReluReferenceTest, Gradient) {
  for (const float slope : {0.0f, 0.25f}) {
    const Shape shape = {2, 3, 5};
    const ReluOptions options = {2, 3, 5, slope};
    RandomStream random(1);
    TestTensor<double> x(shape), y(shape), dy(shape), dx(shape);
    x.FillRandom(&random);
    dy.FillRandom(&random);
    const auto objective = [&] {
      ReluForwardReference<double>(options, {x.strided(), y.strided()});
      return Dot(&dy, &y);
    };
    objective();
    dx.Fill(9);
    ReluBackwardReference<double>(
        options, {y.strided(), dy.strided(), dx.strided(), GradMode::kWrite});
    CheckGradient(objective, &x, &dx);
  }
}

struct Case {
  Shape shape;
  Padding padding;
  float slope;
};

class ReluCpuTest : public testing::TestWithParam<Case> {};

TEST_P(ReluCpuTest, EqualsReference) {
  const auto& [shape, padding, slope] = GetParam();
  const ReluOptions options = {shape.num(), shape.channels(), shape.spatial(),
                               slope};
  for (const int threads : {1, 3}) {
    CpuDevice device(threads);
    const std::unique_ptr<ReluKernel> kernel = MakeReluCpu(options, device);
    RandomStream random(2);
    TestTensor<float> x(shape, padding), y(shape, padding), dy(shape, padding);
    TestTensor<float> expected(shape);
    x.FillRandom(&random);
    dy.FillRandom(&random);

    kernel->Forward({x.strided(), y.strided()});
    ReluForwardReference<float>(options, {x.strided(), expected.strided()});
    EXPECT_EQ(y.ToVector(), expected.ToVector());
    EXPECT_TRUE(y.PaddingIsUntouched());

    for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
      TestTensor<float> dx(shape, padding), expected_dx(shape);
      dx.Fill(9);
      expected_dx.Fill(9);
      kernel->Backward({y.strided(), dy.strided(), dx.strided(), mode});
      ReluBackwardReference<float>(
          options, {y.strided(), dy.strided(), expected_dx.strided(), mode});
      EXPECT_EQ(dx.ToVector(), expected_dx.ToVector());
      EXPECT_TRUE(dx.PaddingIsUntouched());
    }

    // In place gives the same numbers.
    kernel->Forward({x.strided(), x.strided()});
    EXPECT_EQ(x.ToVector(), expected.ToVector());
  }
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, ReluCpuTest,
    testing::Values(Case{{1, 1, 1}, {}, 0}, Case{{2, 3, 15}, {1, 0}, 0},
                    Case{{3, 2, 16}, {0, 5}, 0.1f}, Case{{2, 5, 17}, {3, 7}, 0},
                    Case{{4, 7}, {2, 3}, 0.5f}, Case{{5}, {}, 0}));

}  // namespace
}  // namespace tamp
