#include "layers/batch_norm_statistics/batch_norm_statistics_cuda.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_kernel.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

struct Case {
  Shape shape;
  Padding padding;

  BatchNormStatisticsOptions options() const {
    return {shape.num(), shape.channels(), shape.spatial(), 1e-5f};
  }
};

// The last ones have several blocks a channel.
const std::vector<Case>& Cases() {
  static const auto* const cases = new std::vector<Case>{
      {{2, 1, 1}, {}},         {{2, 3, 15}, {1, 0}}, {{3, 2, 16}, {0, 5}},
      {{2, 5, 17}, {3, 7}},    {{4, 7}, {2, 3}},     {{1, 37, 7, 7}, {}},
      {{2, 2, 50, 50}, {1, 2}}};
  return *cases;
}

class BatchNormStatisticsCudaTest : public CudaKernelTest {
 protected:
  DeviceTensor Copy(TestTensor<float>* tensor, const Case& c) {
    DeviceTensor copy = Tensor(c.shape, c.padding);
    copy.FromVector(tensor->ToVector());
    return copy;
  }

  void CheckBackward(const Case& c, GradMode mode, TestTensor<float>* x,
                     const std::vector<float>& statistics, bool in_place) {
    const auto kernel = MakeBatchNormStatisticsCuda(c.options(), queue());
    RandomStream random(6);
    TestTensor<float> g(c.shape), wanted(c.shape);
    g.FillRandom(&random);
    std::vector<float> sums(statistics.size());
    for (float& sum : sums) sum = random.Uniform();
    DeviceTensor y_there = Copy(x, c), g_there = Copy(&g, c);
    DeviceTensor dx_there = Tensor(c.shape, c.padding);
    DeviceTensor statistics_there = Array(statistics), sums_there = Array(sums);
    wanted.Fill(9);
    if (mode != GradMode::kWrite) dx_there.Fill(9);
    DeviceTensor& dx = in_place ? g_there : dx_there;
    kernel->Backward({y_there.view().strided(), statistics_there.view().data,
                      sums_there.view().data, g_there.view().strided(),
                      dx.view().strided(), mode});
    BatchNormStatisticsBackwardReference<float>(
        c.options(), {x->strided(), statistics.data(), sums.data(), g.strided(),
                      wanted.strided(), mode});
    EXPECT_TRUE(AllClose(dx.ToVector(), wanted.ToVector(), 8));
    EXPECT_TRUE(dx.PaddingIsUntouched());
  }
};

INSTANTIATE_TEST_SUITE_P(Orders, BatchNormStatisticsCudaTest, CudaOrders());

TEST_P(BatchNormStatisticsCudaTest, ForwardEqualsReference) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.shape.ToString());
    const auto kernel = MakeBatchNormStatisticsCuda(c.options(), queue());
    const int64_t size = 2 * c.shape.channels();
    RandomStream random(5);
    TestTensor<float> x(c.shape), y(c.shape);
    // Far from 0: the variance must survive the mean.
    x.FillRandom(&random, 999, 1001);
    std::vector<float> wanted(size);
    BatchNormStatisticsForwardReference<float>(
        c.options(), {x.strided(), y.strided(), wanted.data()});
    DeviceTensor x_there = Copy(&x, c), y_there = Tensor(c.shape, c.padding);
    DeviceTensor statistics = Array(size);
    kernel->Forward({x_there.view().strided(), y_there.view().strided(),
                     statistics.view().data});
    const std::vector<float> actual = statistics.ToVector();
    for (int64_t i = 0; i < size; ++i) {
      EXPECT_NEAR(actual[i], wanted[i], 1e-6 * wanted[i]) << i;
    }
    EXPECT_EQ(y_there.ToVector(), x.ToVector());
    EXPECT_TRUE(y_there.PaddingIsUntouched());

    // In place, in one order: the same bits.
    const cuda_sim::ScopedOptions forward_order{cuda_sim::Options()};
    DeviceTensor again = Array(size);
    kernel->Forward({x_there.view().strided(), x_there.view().strided(),
                     again.view().data});
    EXPECT_EQ(again.ToVector(), actual);
    EXPECT_EQ(x_there.ToVector(), x.ToVector());
  }
}

TEST_P(BatchNormStatisticsCudaTest, BackwardEqualsReference) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.shape.ToString());
    for (const double mean : {0, 1000}) {
      RandomStream random(5);
      TestTensor<float> x(c.shape), y(c.shape);
      x.FillRandom(&random, mean - 1, mean + 1);
      std::vector<float> statistics(2 * c.shape.channels());
      BatchNormStatisticsForwardReference<float>(
          c.options(), {x.strided(), y.strided(), statistics.data()});
      for (const GradMode mode :
           {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
        CheckBackward(c, mode, &x, statistics, /*in_place=*/false);
      }
      CheckBackward(c, GradMode::kWrite, &x, statistics, /*in_place=*/true);
    }
  }
}

}  // namespace
}  // namespace tamp
