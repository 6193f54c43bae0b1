#include "layers/softmax/softmax_cuda.h"

#include <cmath>
#include <limits>
#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/axis_lines.h"
#include "kernels/grad_mode.h"
#include "kernels/lines_along.h"
#include "layers/softmax/softmax_kernel.h"
#include "layers/softmax/softmax_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;

struct Case {
  Shape shape;
  int axis;
  Padding padding;
};

class SoftmaxCudaTest : public CudaKernelTest {
 protected:
  void CheckForward(const Case& c, bool in_place) {
    const AxisLines lines = LinesAlong(c.shape, c.axis);
    TestTensor<float> x(c.shape), y(c.shape);
    RandomStream random(2);
    x.FillRandom(&random, -5, 5);
    SoftmaxForwardReference<float>(lines, {x.strided(), y.strided()});
    DeviceTensor x_there = Tensor(c.shape, c.padding);
    DeviceTensor y_there = Tensor(c.shape, c.padding);
    x_there.FromVector(x.ToVector());
    const auto kernel = MakeSoftmaxCuda(lines, queue());
    kernel->Forward({x_there.view().strided(), y_there.view().strided()});
    EXPECT_TRUE(AllClose(y_there.ToVector(), y.ToVector(), 8));
    EXPECT_TRUE(y_there.PaddingIsUntouched());
    if (!in_place) return;
    kernel->Forward({x_there.view().strided(), x_there.view().strided()});
    EXPECT_EQ(x_there.ToVector(), y_there.ToVector());
  }

  // REQUIRES: only kWrite can be in place.
  void CheckBackward(const Case& c, GradMode mode, bool in_place) {
    const AxisLines lines = LinesAlong(c.shape, c.axis);
    TestTensor<float> y(c.shape), dy(c.shape), dx(c.shape);
    RandomStream random(3);
    y.FillRandom(&random, 0, 1);
    dy.FillRandom(&random);
    dx.Fill(9);
    DeviceTensor y_there = Tensor(c.shape, c.padding);
    DeviceTensor dy_there = Tensor(c.shape, c.padding);
    DeviceTensor dx_there = Tensor(c.shape, c.padding);
    y_there.FromVector(y.ToVector());
    dy_there.FromVector(dy.ToVector());
    if (mode != GradMode::kWrite) dx_there.Fill(9);
    const auto kernel = MakeSoftmaxCuda(lines, queue());
    SoftmaxBackwardReference<float>(
        lines, {y.strided(), dy.strided(), dx.strided(), mode});
    kernel->Backward({y_there.view().strided(), dy_there.view().strided(),
                      dx_there.view().strided(), mode});
    EXPECT_TRUE(AllClose(dx_there.ToVector(), dx.ToVector(), 16));
    EXPECT_TRUE(dx_there.PaddingIsUntouched());
    if (!in_place) return;
    kernel->Backward({y_there.view().strided(), dy_there.view().strided(),
                      dy_there.view().strided(), mode});
    EXPECT_EQ(dy_there.ToVector(), dx_there.ToVector());
  }
};

// Lines around the lanes of a warp, and more of them than warps that fit.
TEST_P(SoftmaxCudaTest, EqualsReference) {
  const Case cases[] = {{{1, 1}, 1, {}},
                        {{67, 10}, 1, {3, 7}},
                        {{5, 3, 2, 3}, 1, {2, 5}},
                        {{7, 4, 3}, 0, {1, 2}},
                        {{2, 3, 2, 17, 2}, 3, {4, 1}},
                        {{6, 5, 7}, 2, {0, 3}},
                        {{9}, 0, {}},
                        {{3, 31}, 1, {1, 0}},
                        {{3, 32}, 1, {}},
                        {{3, 33}, 1, {0, 2}},
                        {{2, 1000}, 1, {}},
                        {{261, 2}, 1, {1, 1}}};
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.shape << " axis " << c.axis);
    CheckForward(c, /*in_place=*/false);
    CheckBackward(c, GradMode::kWrite, /*in_place=*/false);
  }
}

TEST_P(SoftmaxCudaTest, InPlaceAddedAndSkipped) {
  const Case c = {{2, 3, 2, 17, 2}, 3, {4, 1}};
  CheckForward(c, /*in_place=*/true);
  CheckBackward(c, GradMode::kWrite, /*in_place=*/true);
  CheckBackward(c, GradMode::kAdd, /*in_place=*/false);
  CheckBackward(c, GradMode::kSkip, /*in_place=*/false);
}

TEST_P(SoftmaxCudaTest, StaysFiniteForHugeScores) {
  DeviceTensor x = Tensor({4, 2});
  x.FromVector({7, 7, 1e5f, -1e5f, -1e30f, 0, -2e5f, -1e5f});
  MakeSoftmaxCuda(LinesAlong({4, 2}, 1), queue())
      ->Forward({x.view().strided(), x.view().strided()});
  EXPECT_THAT(x.ToVector(), ElementsAre(0.5f, 0.5f, 1, 0, 0, 1, 0, 1));
}

TEST_P(SoftmaxCudaTest, NanSpoilsItsLineAlone) {
  const Shape shape = {2, 40};
  std::vector<float> scores(80, 1);
  scores[37] = std::numeric_limits<float>::quiet_NaN();
  DeviceTensor x = Tensor(shape);
  x.FromVector(scores);
  MakeSoftmaxCuda(LinesAlong(shape, 1), queue())
      ->Forward({x.view().strided(), x.view().strided()});
  const std::vector<float> y = x.ToVector();
  for (int i = 0; i < 80; ++i) EXPECT_EQ(std::isnan(y[i]), i < 40) << i;
}

INSTANTIATE_TEST_SUITE_P(Orders, SoftmaxCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
