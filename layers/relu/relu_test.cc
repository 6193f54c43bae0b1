#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/cpu/cpu_device.h"
#include "core/device/device.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/elementwise_kernel.h"
#include "layers/layer.h"
#include "layers/relu/relu_cpu.h"
#include "layers/relu/relu_kernel.h"
#include "layers/relu/relu_layer.h"
#include "layers/relu/relu_reference.h"
#include "tests/util/elementwise_checks.h"
#include "tests/util/status_matchers.h"
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

TEST(ReluLayerTest, PlanFailsWithItsKernelsMaker) {
  CpuDevice device(1);
  PlanContext context;
  context.device = &device;
  const ReluLayer::MakeKernel fails =
      [](const ReluOptions&,
         Device&) -> absl::StatusOr<std::unique_ptr<ElementwiseKernel>> {
    return absl::ResourceExhaustedError("no memory for the plan");
  };
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Layer> layer,
                       ReluLayer::Create(ReluParameter(0), fails));
  EXPECT_THAT(
      layer->Plan({{2, 3, 4, 5}}, context),
      StatusIs(absl::StatusCode::kResourceExhausted, "no memory for the plan"));
}

TEST(ReluReferenceTest, ByHand) {
  const ReluOptions options = {{1, 1, 3}, 0.5f};
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
    CheckElementwiseGradient<ReluOptions>({{}, slope},
                                          ReluForwardReference<double>,
                                          ReluBackwardReference<double>);
  }
}

TEST(ReluCpuTest, EqualsReference) {
  for (const float slope : {0.0f, 0.1f, 0.5f}) {
    ElementwiseCheck<ReluOptions>({{}, slope}, MakeReluCpu,
                                  ReluForwardReference<float>,
                                  ReluBackwardReference<float>, 1)
        .Run();
  }
}

}  // namespace
}  // namespace tamp
