// What elementwise_checks.h is for CPUs, for CUDA: a room's kernel held against
// its reference over awkward sizes.

#ifndef TAMP_TESTS_UTIL_DEVICES_CUDA_ELEMENTWISE_CHECK_H_
#define TAMP_TESTS_UTIL_DEVICES_CUDA_ELEMENTWISE_CHECK_H_

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "core/cuda/cuda_device.h"
#include "core/cuda/queue.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/elementwise_kernel.h"
#include "kernels/grad_mode.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/elementwise_checks.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {

template <typename Options>
using MakeElementwiseCuda =
    std::unique_ptr<ElementwiseKernel> (*)(const Options&, CudaQueue&);

// One size; results may differ by so many epsilons.
template <typename Options>
void CheckElementwiseOnCuda(const Options& options, Padding padding,
                            const Shape& shape, CudaDevice* device,
                            MakeElementwiseCuda<Options> make,
                            ElementwiseForward<Options, float> forward,
                            ElementwiseBackward<Options, float> backward,
                            double epsilons) {
  const auto kernel = make(options, device->queue());
  RandomStream random(2);
  TestTensor<float> x(shape), y(shape), dy(shape);
  x.FillRandom(&random, -20, 20);
  dy.FillRandom(&random);
  DeviceTensor x_there(shape, padding, device), y_there(shape, padding, device);
  DeviceTensor dy_there(shape, padding, device);
  x_there.FromVector(x.ToVector());
  dy_there.FromVector(dy.ToVector());
  kernel->Forward({x_there.view().strided(), y_there.view().strided()});
  forward(options, {x.strided(), y.strided()});
  EXPECT_TRUE(AllClose(y_there.ToVector(), y.ToVector(), epsilons));
  EXPECT_TRUE(y_there.PaddingIsUntouched());
  y_there.FromVector(y.ToVector());
  for (const GradMode mode :
       {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
    DeviceTensor dx_there(shape, padding, device);
    TestTensor<float> dx(shape);
    dx_there.Fill(9);
    dx.Fill(9);
    kernel->Backward({y_there.view().strided(), dy_there.view().strided(),
                      dx_there.view().strided(), mode});
    backward(options, {y.strided(), dy.strided(), dx.strided(), mode});
    EXPECT_TRUE(AllClose(dx_there.ToVector(), dx.ToVector(), epsilons));
    EXPECT_TRUE(dx_there.PaddingIsUntouched());
    if (mode != GradMode::kWrite) continue;
    kernel->Backward({y_there.view().strided(), dy_there.view().strided(),
                      dy_there.view().strided(), mode});
    EXPECT_EQ(dy_there.ToVector(), dx_there.ToVector());
    dy_there.FromVector(dy.ToVector());
  }
  kernel->Forward({x_there.view().strided(), x_there.view().strided()});
  EXPECT_TRUE(AllClose(x_there.ToVector(), y.ToVector(), epsilons));
}

// A NaN stays one, and infinities become what the formula says.
template <typename Options>
void CheckSpecialValuesOnCuda(const Options& options, CudaDevice* device,
                              MakeElementwiseCuda<Options> make,
                              ElementwiseForward<Options, float> forward) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kLargest = std::numeric_limits<float>::max();
  const std::vector<float> values = {kNan,  kInfinity, -kInfinity, 0,
                                     -0.0f, kLargest,  -kLargest};
  const Shape shape = {1, 1, 7};
  TestTensor<float> x(shape), y(shape);
  x.FromVector(values);
  DeviceTensor x_there(shape, device), y_there(shape, device);
  x_there.FromVector(values);
  const Options sized = WithExtents(options, shape);
  make(sized, device->queue())
      ->Forward({x_there.view().strided(), y_there.view().strided()});
  forward(sized, {x.strided(), y.strided()});
  for (size_t i = 0; i < values.size(); ++i) {
    const float actual = y_there.ToVector()[i], wanted = y.ToVector()[i];
    if (std::isnan(wanted)) {
      EXPECT_TRUE(std::isnan(actual)) << "element " << i << ": " << actual;
    } else {
      EXPECT_FLOAT_EQ(actual, wanted) << "element " << i;
    }
  }
}

// Sizes around those of warps and blocks, adjoining and padded; and what is no
// number.
template <typename Options>
void CheckElementwiseOnCuda(const Options& options, CudaDevice* device,
                            MakeElementwiseCuda<Options> make,
                            ElementwiseForward<Options, float> forward,
                            ElementwiseBackward<Options, float> backward,
                            double epsilons) {
  const struct {
    Shape shape;
    Padding padding;
  } cases[] = {
      {{1, 1, 1}, {}},       {{2, 3, 15}, {1, 0}}, {{3, 2, 16}, {0, 5}},
      {{2, 5, 17}, {3, 7}},  {{4, 7}, {2, 3}},     {{5}, {}},
      {{2, 3, 7, 7}, {}},    {{1, 2, 31}, {5, 1}}, {{1, 1, 256}, {}},
      {{2, 1, 257}, {1, 1}}, {{2, 37, 7, 19}, {}}};
  for (const auto& [shape, padding] : cases) {
    SCOPED_TRACE(shape.ToString());
    CheckElementwiseOnCuda(WithExtents(options, shape), padding, shape, device,
                           make, forward, backward, epsilons);
  }
  CheckSpecialValuesOnCuda(options, device, make, forward);
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_CUDA_ELEMENTWISE_CHECK_H_
