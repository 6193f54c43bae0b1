#include "layers/bias/bias_cuda.h"

#include <memory>
#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/bias/bias_kernel.h"
#include "layers/bias/bias_reference.h"
#include "layers/options/broadcast_axes.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

struct Case {
  Shape x;
  int axis, num_axes;
  Padding padding;

  BroadcastAxes axes() const { return *BroadcastParameter(x, axis, num_axes); }
};

// All ways to lie along axes; the last ones with many terms, and with many
// sums.
const std::vector<Case>& Cases() {
  static const auto* const cases = new std::vector<Case>{
      {{1, 1, 1}, 1, 1, {}},          {{2, 37, 7, 7}, 1, 1, {3, 5}},
      {{3, 7}, 1, 1, {1, 2}},         {{2, 3, 4, 5}, 1, -1, {0, 3}},
      {{2, 3, 4, 5}, 0, 1, {2, 0}},   {{2, 3, 4, 5}, 0, 2, {2, 0}},
      {{2, 3, 4, 5}, 2, 1, {2, 1}},   {{2, 3, 4, 5}, -1, 1, {}},
      {{2, 3, 50, 50}, 1, 1, {1, 1}}, {{2, 3, 1500}, 1, 0, {1, 1}},
      {{5, 3, 30}, 1, -1, {1, 1}}};
  return *cases;
}

class BiasCudaTest : public CudaKernelTest {
 protected:
  DeviceTensor Copy(TestTensor<float>* tensor, Padding padding) {
    DeviceTensor copy = Tensor(tensor->shape(), padding);
    copy.FromVector(tensor->ToVector());
    return copy;
  }
  // To be written, or added to 9.
  DeviceTensor Gradient(const Shape& shape, Padding padding, GradMode mode) {
    DeviceTensor gradient = Tensor(shape, padding);
    if (mode != GradMode::kWrite) gradient.Fill(9);
    return gradient;
  }
};

INSTANTIATE_TEST_SUITE_P(Orders, BiasCudaTest, CudaOrders());

TEST_P(BiasCudaTest, ForwardEqualsReference) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.x.ToString());
    const auto& [shape, broadcast] = c.axes();
    RandomStream random(2);
    TestTensor<float> x(c.x), wanted(c.x), b(shape);
    for (TestTensor<float>* t : {&x, &b}) t->FillRandom(&random);
    DeviceTensor x_there = Copy(&x, c.padding), y = Tensor(c.x, c.padding);
    DeviceTensor b_there = Copy(&b, c.padding);
    BiasForwardReference<float>(broadcast,
                                {x.strided(), b.strided(), wanted.strided()});
    const auto kernel = MakeBiasCuda(broadcast, queue());
    kernel->Forward({x_there.view().strided(), b_there.view().strided(),
                     y.view().strided()});
    EXPECT_EQ(y.ToVector(), wanted.ToVector());
    EXPECT_TRUE(y.PaddingIsUntouched());
    kernel->Forward({x_there.view().strided(), b_there.view().strided(),
                     x_there.view().strided()});
    EXPECT_EQ(x_there.ToVector(), wanted.ToVector());
  }
}

TEST_P(BiasCudaTest, GradsEqualReference) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.x.ToString());
    const auto& [shape, broadcast] = c.axes();
    const auto kernel = MakeBiasCuda(broadcast, queue());
    RandomStream random(3);
    TestTensor<float> dy(c.x);
    dy.FillRandom(&random);
    DeviceTensor dy_there = Copy(&dy, c.padding);
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      TestTensor<float> want_dx(c.x), want_db(shape);
      want_dx.Fill(9);
      want_db.Fill(9);
      BiasInputGradReference<float>(broadcast,
                                    {dy.strided(), want_dx.strided(), mode});
      BiasParameterGradReference<float>(
          broadcast, {dy.strided(), want_db.strided(), mode});
      DeviceTensor dx = Gradient(c.x, c.padding, mode);
      DeviceTensor db = Gradient(shape, c.padding, mode);
      DeviceTensor again = Gradient(shape, c.padding, mode);
      kernel->InputGrad({dy_there.view().strided(), dx.view().strided(), mode});
      kernel->ParameterGrad(
          {dy_there.view().strided(), db.view().strided(), mode});
      EXPECT_EQ(dx.ToVector(), want_dx.ToVector());
      EXPECT_TRUE(AllClose(db.ToVector(), want_db.ToVector(), 64));
      EXPECT_TRUE(dx.PaddingIsUntouched() && db.PaddingIsUntouched());
      const cuda_sim::ScopedOptions forward_order{cuda_sim::Options()};
      kernel->ParameterGrad(
          {dy_there.view().strided(), again.view().strided(), mode});
      EXPECT_EQ(again.ToVector(), db.ToVector());
    }
    kernel->InputGrad({dy_there.view().strided(), dy_there.view().strided(),
                       GradMode::kWrite});
    EXPECT_EQ(dy_there.ToVector(), dy.ToVector()) << "in place";
  }
}

}  // namespace
}  // namespace tamp
