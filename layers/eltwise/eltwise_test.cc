#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/eltwise/eltwise_cpu.h"
#include "layers/eltwise/eltwise_kernel.h"
#include "layers/eltwise/eltwise_layer.h"
#include "layers/eltwise/eltwise_reference.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/gradient_check.h"
#include "tests/util/layer_runner.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using Operation = EltwiseOptions::Operation;

LayerParameter EltwiseOf(int num_bottoms, EltwiseParameter::EltwiseOp operation,
                         const std::vector<float>& coefficients = {}) {
  LayerParameter parameter;
  parameter.set_name("eltwise");
  parameter.set_type("Eltwise");
  for (int i = 0; i < num_bottoms; ++i) {
    parameter.add_bottom(std::string(1, 'a' + i));
  }
  parameter.add_top("y");
  parameter.mutable_eltwise_param()->set_operation(operation);
  for (const float coefficient : coefficients) {
    parameter.mutable_eltwise_param()->add_coeff(coefficient);
  }
  return parameter;
}

class EltwiseLayerTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, EltwiseLayerTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(EltwiseLayerTest, RefusesWhatItCannotDo) {
  const auto code = absl::StatusCode::kInvalidArgument;
  const auto refuses = [&](const LayerParameter& parameter,
                           const std::string& message) {
    EXPECT_THAT(EltwiseLayer::Create(parameter, MakeEltwiseCpu),
                StatusIs(code, message));
  };
  refuses(EltwiseOf(1, EltwiseParameter::SUM),
          "takes at least 2 bottoms, has 1");
  refuses(EltwiseOf(2, EltwiseParameter::SUM, {1, 2, 3}),
          "has 3 coeff for 2 bottoms; give one for each or none");
  refuses(EltwiseOf(2, EltwiseParameter::PROD, {1, 2}),
          "coeff is for operation SUM only");
  EXPECT_THAT(LayerRunner(GetParam(), EltwiseOf(2, EltwiseParameter::SUM),
                          {{2, 3}, {3, 2}}, {})
                  .status(),
              StatusIs(code,
                       "bottom \"b\" has shape 3x2, it must be 2x3 as that "
                       "of bottom \"a\""));
}

struct ByHand {
  LayerParameter parameter;
  std::vector<float> y, da, db;
};

TEST_P(EltwiseLayerTest, ComputesByHand) {
  const ByHand cases[] = {
      {EltwiseOf(2, EltwiseParameter::SUM), {6, 0, 1}, {1, 1, 1}, {1, 1, 1}},
      {EltwiseOf(2, EltwiseParameter::SUM, {2, -1}),
       {3, -6, 2},
       {2, 2, 2},
       {-1, -1, -1}},
      {EltwiseOf(2, EltwiseParameter::PROD), {9, -4, 0}, {3, 2, 0}, {3, -2, 1}},
      // Of equal ones the first gets the gradient.
      {EltwiseOf(2, EltwiseParameter::MAX), {3, 2, 1}, {1, 0, 1}, {0, 1, 0}},
  };
  for (const ByHand& by_hand : cases) {
    LayerRunner runner(GetParam(), by_hand.parameter, {{1, 3}, {1, 3}}, {});
    ASSERT_OK(runner.status());
    EXPECT_THAT(runner.plan().outputs, ElementsAre(Shape{1, 3}));
    runner.input(0).FromVector({3, -2, 1});
    runner.input(1).FromVector({3, 2, 0});
    runner.Forward();
    runner.Backward();
    EXPECT_EQ(runner.output(0).ToVector(), by_hand.y);
    EXPECT_EQ(runner.input_grad(0).ToVector(), by_hand.da);
    EXPECT_EQ(runner.input_grad(1).ToVector(), by_hand.db);

    LayerRunner::Options options;
    options.in_place = true;
    LayerRunner in_place(GetParam(), by_hand.parameter, {{1, 3}, {1, 3}},
                         options);
    in_place.input(0).FromVector({3, -2, 1});
    in_place.input(1).FromVector({3, 2, 0});
    in_place.Forward();
    EXPECT_EQ(in_place.output(0).ToVector(), by_hand.y);
  }
}

TEST_P(EltwiseLayerTest, OnlySumForgetsItsInputs) {
  const auto reads_inputs = [](EltwiseParameter::EltwiseOp operation) {
    return LayerRunner(GetParam(), EltwiseOf(2, operation), {{2}, {2}}, {})
        .plan()
        .backward_reads_inputs;
  };
  EXPECT_FALSE(reads_inputs(EltwiseParameter::SUM));
  EXPECT_TRUE(reads_inputs(EltwiseParameter::PROD));
  EXPECT_TRUE(reads_inputs(EltwiseParameter::MAX));
}

struct Case {
  Shape shape;
  Operation operation;
  int num_inputs;
  Padding padding;

  EltwiseOptions options() const {
    EltwiseOptions options;
    options.extents = {shape.num(), shape.channels(), shape.spatial()};
    options.operation = operation;
    for (int i = 0; i < num_inputs; ++i) {
      options.coefficients.push_back(0.5f - i);
    }
    return options;
  }
};

class EltwiseTest : public testing::TestWithParam<Case> {};

TEST_P(EltwiseTest, Gradient) {
  const Case& c = GetParam();
  if (c.shape.num_elements() > 200) return;  // small sizes tell all
  const EltwiseOptions options = c.options();
  RandomStream random(1);
  std::vector<TestTensor<double>> x(c.num_inputs, TestTensor<double>(c.shape));
  std::vector<Strided<const double>> places;
  for (TestTensor<double>& tensor : x) {
    tensor.FillRandom(&random);
    places.push_back(tensor.strided());
  }
  TestTensor<double> y(c.shape), dy(c.shape), dx(c.shape);
  dy.FillRandom(&random);
  const auto objective = [&] {
    EltwiseForwardReference<double>(options, {places.data(), y.strided()});
    return Dot(&dy, &y);
  };
  for (int i = 0; i < c.num_inputs; ++i) {
    dx.Fill(9);
    EltwiseBackwardReference<double>(options, {places.data(), dy.strided(), i,
                                               dx.strided(), GradMode::kWrite});
    CheckGradient(objective, &x[i], &dx);
  }
}

TEST_P(EltwiseTest, CpuEqualsReference) {
  const Case& c = GetParam();
  const EltwiseOptions options = c.options();
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 3}) {
    CpuDevice device(threads);
    const std::unique_ptr<EltwiseKernel> kernel =
        MakeEltwiseCpu(options, device).value();
    RandomStream random(2);
    std::vector<TestTensor<float>> x(c.num_inputs,
                                     TestTensor<float>(c.shape, c.padding));
    std::vector<Strided<const float>> places;
    for (TestTensor<float>& tensor : x) {
      tensor.FillRandom(&random);
      places.push_back(tensor.strided());
    }
    TestTensor<float> y(c.shape, c.padding), dy(c.shape, c.padding);
    TestTensor<float> want_y(c.shape);
    dy.FillRandom(&random);
    kernel->Forward({places.data(), y.strided()});
    EltwiseForwardReference<float>(options, {places.data(), want_y.strided()});
    EXPECT_TRUE(AllClose(y.ToVector(), want_y.ToVector(), 4));
    EXPECT_TRUE(y.PaddingIsUntouched());
    results.push_back(y.ToVector());
    for (int i = 0; i < c.num_inputs; ++i) {
      for (const GradMode mode :
           {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
        TestTensor<float> dx(c.shape, c.padding), want_dx(c.shape);
        dx.Fill(9);
        want_dx.Fill(9);
        kernel->Backward({places.data(), dy.strided(), i, dx.strided(), mode});
        EltwiseBackwardReference<float>(
            options, {places.data(), dy.strided(), i, want_dx.strided(), mode});
        EXPECT_TRUE(AllClose(dx.ToVector(), want_dx.ToVector(), 4));
        EXPECT_TRUE(dx.PaddingIsUntouched());
        results.push_back(dx.ToVector());
      }
    }
  }
  const size_t half = results.size() / 2;
  for (size_t i = 0; i < half; ++i) EXPECT_EQ(results[i], results[i + half]);
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, EltwiseTest,
    testing::Values(Case{{1, 1, 1}, Operation::kSum, 2, {}},
                    Case{{2, 3, 17}, Operation::kSum, 3, {1, 2}},
                    Case{{2, 3, 17}, Operation::kProduct, 4, {1, 2}},
                    Case{{2, 3, 17}, Operation::kMax, 3, {1, 2}},
                    Case{{2, 2, 1029}, Operation::kSum, 2, {3, 0}},
                    Case{{2, 1, 2053}, Operation::kProduct, 2, {0, 5}},
                    Case{{1, 3, 1024}, Operation::kMax, 2, {1, 1}},
                    Case{{5, 7}, Operation::kMax, 2, {0, 3}},
                    Case{{9}, Operation::kProduct, 3, {}}));

}  // namespace
}  // namespace tamp
