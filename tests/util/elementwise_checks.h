// Checks that the rooms of element-wise layers share: the gradient of their
// reference, and their kernel against it over awkward sizes. Options is the
// room's, with extents that the checks set.

#ifndef TAMP_TESTS_UTIL_ELEMENTWISE_CHECKS_H_
#define TAMP_TESTS_UTIL_ELEMENTWISE_CHECKS_H_

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/cpu/cpu_device.h"
#include "core/device/device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "hwy/highway.h"
#include "kernels/elementwise_kernel.h"
#include "tests/util/gradient_check.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {

template <typename Options>
using MakeElementwise = absl::StatusOr<std::unique_ptr<ElementwiseKernel>> (*)(
    const Options&, Device&);
template <typename Options, typename T>
using ElementwiseForward = void (*)(const Options&,
                                    const ElementwiseForwardArgs<T>&);
template <typename Options, typename T>
using ElementwiseBackward = void (*)(const Options&,
                                     const ElementwiseBackwardArgs<T>&);

template <typename Options>
Options WithExtents(Options options, const Shape& shape) {
  options.extents = {shape.num(), shape.channels(), shape.spatial()};
  return options;
}

// The reference's gradient for inputs from -3 to 3.
template <typename Options>
void CheckElementwiseGradient(Options options,
                              ElementwiseForward<Options, double> forward,
                              ElementwiseBackward<Options, double> backward) {
  const Shape shape = {2, 3, 5};
  options = WithExtents(options, shape);
  RandomStream random(1);
  TestTensor<double> x(shape), y(shape), dy(shape), dx(shape);
  x.FillRandom(&random, -3, 3);
  dy.FillRandom(&random);
  const auto objective = [&] {
    forward(options, {x.strided(), y.strided()});
    return Dot(&dy, &y);
  };
  objective();
  dx.Fill(9);
  backward(options,
           {y.strided(), dy.strided(), dx.strided(), GradMode::kWrite});
  CheckGradient(objective, &x, &dx);
}

// A room's fast kernel and what it is held against.
template <typename Options>
class ElementwiseCheck {
 public:
  // Results may differ by so many epsilons.
  ElementwiseCheck(const Options& options, MakeElementwise<Options> make,
                   ElementwiseForward<Options, float> forward,
                   ElementwiseBackward<Options, float> backward,
                   double epsilons)
      : options_(options),
        make_(make),
        forward_(forward),
        backward_(backward),
        epsilons_(epsilons) {}

  // Sizes around those of vectors and of pieces of work, adjoining and padded,
  // on each instruction set of this machine; and what is no number.
  void Run() const {
    const struct {
      Shape shape;
      Padding padding;
    } cases[] = {
        {{1, 1, 1}, {}},         {{2, 3, 15}, {1, 0}}, {{3, 2, 16}, {0, 5}},
        {{2, 5, 17}, {3, 7}},    {{4, 7}, {2, 3}},     {{5}, {}},
        {{2, 3, 7, 9}, {}},      {{1, 2, 31}, {5, 1}}, {{1, 2, 16384}, {}},
        {{2, 1, 16385}, {1, 1}}, {{1, 3, 97, 113}, {}}};
    for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
      SCOPED_TRACE(hwy::TargetName(target));
      hwy::SetSupportedTargetsForTest(target);
      for (const auto& [shape, padding] : cases) {
        SCOPED_TRACE(shape.ToString());
        EXPECT_EQ(Results(shape, padding, 1), Results(shape, padding, 3));
      }
      SpecialValues();
    }
    hwy::SetSupportedTargetsForTest(0);
  }

 private:
  // Holds the kernel against the reference and returns all that it computed.
  std::vector<std::vector<float>> Results(const Shape& shape, Padding padding,
                                          int threads) const {
    CpuDevice device(threads);
    const Options options = WithExtents(options_, shape);
    const auto kernel = make_(options, device).value();
    RandomStream random(2);
    TestTensor<float> x(shape, padding), y(shape, padding), dy(shape, padding);
    TestTensor<float> expected(shape);
    x.FillRandom(&random, -20, 20);
    dy.FillRandom(&random);
    kernel->Forward({x.strided(), y.strided()});
    forward_(options, {x.strided(), expected.strided()});
    EXPECT_TRUE(AllClose(y.ToVector(), expected.ToVector(), epsilons_));
    EXPECT_TRUE(y.PaddingIsUntouched());
    std::vector<std::vector<float>> results = {y.ToVector()};
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      TestTensor<float> dx(shape, padding), expected_dx(shape);
      dx.Fill(9);
      expected_dx.Fill(9);
      kernel->Backward({y.strided(), dy.strided(), dx.strided(), mode});
      backward_(options,
                {y.strided(), dy.strided(), expected_dx.strided(), mode});
      EXPECT_TRUE(AllClose(dx.ToVector(), expected_dx.ToVector(), epsilons_));
      EXPECT_TRUE(dx.PaddingIsUntouched());
      results.push_back(dx.ToVector());
    }
    kernel->Forward({x.strided(), x.strided()});
    EXPECT_EQ(x.ToVector(), results[0]);
    kernel->Backward({y.strided(), dy.strided(), dy.strided()});
    EXPECT_EQ(dy.ToVector(), results[1]);
    return results;
  }

  // A NaN stays one, and infinities become what the formula says.
  void SpecialValues() const {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    constexpr float kLargest = std::numeric_limits<float>::max();
    const Shape shape = {1, 1, 7};
    const Options options = WithExtents(options_, shape);
    CpuDevice device(1);
    TestTensor<float> x(shape), y(shape), expected(shape);
    x.FromVector({kNan, kInfinity, -kInfinity, 0, -0.0f, kLargest, -kLargest});
    make_(options, device).value()->Forward({x.strided(), y.strided()});
    forward_(options, {x.strided(), expected.strided()});
    for (int64_t i = 0; i < shape.spatial(); ++i) {
      const float actual = y.ToVector()[i], wanted = expected.ToVector()[i];
      if (std::isnan(wanted)) {
        EXPECT_TRUE(std::isnan(actual)) << "element " << i << ": " << actual;
      } else {
        EXPECT_FLOAT_EQ(actual, wanted) << "element " << i;
      }
    }
  }

  const Options options_;
  const MakeElementwise<Options> make_;
  const ElementwiseForward<Options, float> forward_;
  const ElementwiseBackward<Options, float> backward_;
  const double epsilons_;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_ELEMENTWISE_CHECKS_H_
