#include "layers/fused_convolution/cuda/store.h"

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "gtest/gtest.h"
#include "layers/fused_convolution/cuda/part_test_cases.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_convolution/fused_convolution_reference.h"
#include "layers/fused_convolution/fused_convolution_test_mirror.h"
#include "layers/fused_convolution/fused_convolution_test_problem.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/fused_norm_problem.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_maps.h"

namespace tamp {
namespace {

constexpr double kEpsilons = 8;

class StoreTest : public CudaKernelTest {
 protected:
  // Values of the product are from low to high.
  void Check(const FusedConvolutionOptions& o, MapOrder order, double low = -1,
             double high = 1) {
    SCOPED_TRACE(Describe(o, order));
    FusedConvolutionProblem<float> actual(o, order), expected(o, order);
    DenseMaps maps(o.num, o.num_output, o.output_h(), o.output_w());
    RandomStream random(7);
    for (double& value : maps.data) value = float(random.Uniform(low, high));
    StoreOutputReference(o, expected.forward_args(), &maps);
    std::vector<float> product = ToFloats(maps.data), shifts;
    for (int64_t k = 0; o.shifts_output && k < o.num_output; ++k) {
      shifts.push_back(OutputShift(actual.forward_args().output_norm, k));
    }
    FusedConvolutionMirror mirror(&actual, &device());
    mirror.Add(&product);
    mirror.Add(&shifts);
    const FusedConvolutionForwardArgs<float> args = mirror.forward_args();
    StoreOutput(queue(), o, args, mirror.At(product.data()),
                o.shifts_output ? mirror.At(shifts.data()) : nullptr);
    mirror.CopyBack();
    EXPECT_TRUE(AllClose(actual.y.tensor().ToVector(),
                         expected.y.tensor().ToVector(), 1));
    EXPECT_TRUE(actual.y.tensor().PaddingIsUntouched());
    if (o.has_statistics) ExpectStatisticsEqual(actual, expected, kEpsilons);
  }
};

TEST_P(StoreTest, EqualsReference) {
  for (FusedConvolutionOptions o : PartSizes()) {
    for (const MapOrder order : kMapOrders) {
      for (const bool drops : {false, true}) {
        o.drops = drops;
        for (const bool has_statistics : {false, true}) {
          o.has_statistics = has_statistics;
          Check(o, order);
        }
      }
    }
  }
}

TEST_P(StoreTest, ShiftsAndRectifies) {
  for (FusedConvolutionOptions o : PartSizes()) {
    o.shifts_output = true;
    for (const bool rectifies : {false, true}) {
      o.rectifies_output = rectifies;
      Check(o, MapOrder::kPadded);
    }
  }
}

// Sums of squares of floats would leave nothing of the variance.
TEST_P(StoreTest, StatisticsSurviveLargeMean) {
  for (FusedConvolutionOptions o : PartSizes()) {
    o.has_statistics = true;
    Check(o, MapOrder::kPadded, 10000, 10001);
  }
}

TEST_P(StoreTest, ProductMayLieWhereOutputDoes) {
  FusedConvolutionOptions o = PartSizes().back();
  o.drops = o.has_statistics = true;
  FusedConvolutionProblem<float> apart(o, MapOrder::kDense);
  FusedConvolutionProblem<float> over(o, MapOrder::kDense);
  apart.FillGrid(&over.y);
  std::vector<float> product = over.y.tensor().ToVector();
  FusedConvolutionMirror apart_there(&apart, &device());
  FusedConvolutionMirror over_there(&over, &device());
  apart_there.Add(&product);
  StoreOutput(queue(), o, apart_there.forward_args(),
              apart_there.At(product.data()), nullptr);
  const FusedConvolutionForwardArgs<float> args = over_there.forward_args();
  StoreOutput(queue(), o, args, args.y.data, nullptr);
  apart_there.CopyBack();
  over_there.CopyBack();
  EXPECT_EQ(apart.y.tensor().ToVector(), over.y.tensor().ToVector());
  EXPECT_EQ(apart.y_statistics, over.y_statistics);
}

INSTANTIATE_TEST_SUITE_P(Orders, StoreTest, CudaOrders());

}  // namespace
}  // namespace tamp
