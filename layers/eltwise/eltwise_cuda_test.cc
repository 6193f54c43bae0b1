#include "layers/eltwise/eltwise_cuda.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/cuda/cuda_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/eltwise/eltwise_kernel.h"
#include "layers/eltwise/eltwise_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using Operation = EltwiseOptions::Operation;

// The padding is that of the inputs; that of y and dx differs, so that rows
// which only some of them have show.
struct Case {
  Shape shape;
  int num_inputs;
  Padding padding;

  Padding other_padding() const { return {padding.image, padding.channel}; }
};

// Up to 16 inputs go with one launch; the last size has more elements than the
// simulated device has threads.
const Case kCases[] = {{{1, 1, 1}, 2, {}},      {{2, 3, 17}, 3, {1, 2}},
                       {{2, 3, 17}, 4, {}},     {{5, 7}, 2, {0, 3}},
                       {{9}, 16, {}},           {{2, 3}, 17, {1, 0}},
                       {{2, 2, 3}, 35, {0, 2}}, {{2, 37, 7, 19}, 2, {}}};

EltwiseOptions OptionsOf(const Case& c, Operation operation) {
  EltwiseOptions options;
  options.extents = {c.shape.num(), c.shape.channels(), c.shape.spatial()};
  options.operation = operation;
  for (int i = 0; i < c.num_inputs; ++i) {
    options.coefficients.push_back(0.5f - i % 5);
  }
  return options;
}

class EltwiseCudaTest : public CudaKernelTest {
 protected:
  // All inputs are parts of one tensor, one behind the other.
  static Shape ShapeOfInputs(const Case& c) {
    return {c.num_inputs * c.shape.num(), c.shape.channels(),
            c.shape.spatial()};
  }
  static std::vector<Strided<const float>> Places(
      const Case& c, const Strided<const float>& all) {
    std::vector<Strided<const float>> places(c.num_inputs, all);
    for (int i = 0; i < c.num_inputs; ++i) {
      places[i].data = all.at(i * c.shape.num(), 0);
    }
    return places;
  }

  // Many equal ones, for the first of the largest; and none that makes products
  // of many vanish.
  static void FillWithQuarters(TestTensor<float>* tensor) {
    RandomStream random(2);
    tensor->FillRandom(&random, 0.5, 2);
    std::vector<float> values = tensor->ToVector();
    for (float& value : values) value = std::round(4 * value) / 4;
    tensor->FromVector(values);
  }

  void Check(const Case& c, Operation operation) {
    const EltwiseOptions options = OptionsOf(c, operation);
    const auto kernel = MakeEltwiseCuda(options, queue());
    TestTensor<float> x_here(ShapeOfInputs(c));
    FillWithQuarters(&x_here);
    DeviceTensor x = Tensor(ShapeOfInputs(c), c.padding);
    x.FromVector(x_here.ToVector());
    const auto here = Places(c, x_here.strided());
    const auto there = Places(c, x.view().strided());
    for (const int i : {0, 1, 16, c.num_inputs - 1}) {
      if (i >= c.num_inputs) continue;
      CheckGradient(c, options, kernel.get(), here, there, i);
    }

    TestTensor<float> expected(c.shape);
    EltwiseForwardReference<float>(options, {here.data(), expected.strided()});
    DeviceTensor y = Tensor(c.shape, c.other_padding());
    kernel->Forward({there.data(), y.view().strided()});
    EXPECT_TRUE(AllClose(y.ToVector(), expected.ToVector(), 4));
    EXPECT_TRUE(y.PaddingIsUntouched());

    kernel->Forward({there.data(), x.view().strided()});
    const std::vector<float> in_place = y.ToVector();
    std::vector<float> wanted = x_here.ToVector();
    std::copy(in_place.begin(), in_place.end(), wanted.begin());
    EXPECT_EQ(x.ToVector(), wanted);
  }

  void CheckGradient(const Case& c, const EltwiseOptions& options,
                     EltwiseKernel* kernel,
                     const std::vector<Strided<const float>>& here,
                     const std::vector<Strided<const float>>& there,
                     int input) {
    RandomStream random(3);
    TestTensor<float> dy_here(c.shape);
    dy_here.FillRandom(&random);
    DeviceTensor dy = Tensor(c.shape, c.padding);
    dy.FromVector(dy_here.ToVector());
    const bool reads_x = options.operation != Operation::kSum;
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      DeviceTensor dx = Tensor(c.shape, c.other_padding());
      TestTensor<float> expected(c.shape);
      if (mode != GradMode::kWrite) dx.Fill(9);
      expected.Fill(9);
      kernel->Backward({reads_x ? there.data() : nullptr, dy.view().strided(),
                        input, dx.view().strided(), mode});
      EltwiseBackwardReference<float>(
          options,
          {here.data(), dy_here.strided(), input, expected.strided(), mode});
      EXPECT_TRUE(AllClose(dx.ToVector(), expected.ToVector(), 4));
      EXPECT_TRUE(dx.PaddingIsUntouched());
    }
  }
};

TEST_P(EltwiseCudaTest, EqualsReferenceAlsoInPlace) {
  for (const Case& c : kCases) {
    for (const Operation operation :
         {Operation::kSum, Operation::kProduct, Operation::kMax}) {
      SCOPED_TRACE(c.shape.ToString());
      SCOPED_TRACE(static_cast<int>(operation));
      Check(c, operation);
    }
  }
}

TEST(EltwiseCudaInputsTest, ThereAreTooMany) {
  const auto device = *CudaDevice::Create(0);
  DeviceTensor x({1}, device.get());
  EltwiseOptions options;
  options.coefficients.assign(16401, 1);
  options.operation = Operation::kMax;
  const std::vector<Strided<const float>> places(16401, x.view().strided());
  MakeEltwiseCuda(options, device->queue())
      ->Forward({places.data(), x.view().strided()});
  EXPECT_THAT(std::string(device->Synchronize().message()),
              testing::HasSubstr("Eltwise: too many inputs"));
}

INSTANTIATE_TEST_SUITE_P(Orders, EltwiseCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
