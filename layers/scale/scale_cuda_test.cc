#include "layers/scale/scale_cuda.h"

#include <memory>
#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"
#include "layers/options/broadcast_axes.h"
#include "layers/scale/scale_kernel.h"
#include "layers/scale/scale_reference.h"
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
  bool has_bias;

  BroadcastAxes axes() const { return *BroadcastParameter(x, axis, num_axes); }
};

// All ways to lie along axes; the last ones with many terms, and with many
// sums.
const std::vector<Case>& Cases() {
  static const auto* const cases =
      new std::vector<Case>{{{1, 1, 1}, 1, 1, {}, true},
                            {{2, 37, 7, 7}, 1, 1, {3, 5}, true},
                            {{3, 7}, 1, 1, {1, 2}, true},
                            {{2, 3, 4, 5}, 1, -1, {0, 3}, false},
                            {{2, 3, 4, 5}, 0, 1, {2, 0}, true},
                            {{2, 3, 4, 5}, 0, 2, {2, 0}, true},
                            {{2, 3, 4, 5}, 2, 1, {2, 1}, true},
                            {{2, 3, 4, 5}, -1, 1, {}, false},
                            {{2, 3, 50, 50}, 1, 1, {1, 1}, true},
                            {{2, 3, 1500}, 1, 0, {1, 1}, true},
                            {{5, 3, 30}, 1, -1, {1, 1}, true}};
  return *cases;
}

class ScaleCudaTest : public CudaKernelTest {
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

INSTANTIATE_TEST_SUITE_P(Orders, ScaleCudaTest, CudaOrders());

TEST_P(ScaleCudaTest, ForwardEqualsReference) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.x.ToString());
    const auto& [shape, broadcast] = c.axes();
    RandomStream random(2);
    TestTensor<float> x(c.x), wanted(c.x), s(shape), b(shape);
    for (TestTensor<float>* t : {&x, &s, &b}) t->FillRandom(&random);
    DeviceTensor x_there = Copy(&x, c.padding), y = Tensor(c.x, c.padding);
    DeviceTensor s_there = Copy(&s, c.padding), b_there = Copy(&b, c.padding);
    ScaleForwardReference<float>(
        broadcast, {x.strided(), s.strided(),
                    c.has_bias ? b.const_strided() : Strided<const float>(),
                    wanted.strided()});
    const auto kernel = MakeScaleCuda(broadcast, queue());
    ScaleForwardArgs<float> args = {x_there.view().strided(),
                                    s_there.view().strided(),
                                    {},
                                    y.view().strided()};
    if (c.has_bias) args.bias = b_there.view().strided();
    kernel->Forward(args);
    EXPECT_TRUE(AllClose(y.ToVector(), wanted.ToVector(), 2));
    EXPECT_TRUE(y.PaddingIsUntouched());
    args.y = x_there.view().strided();
    kernel->Forward(args);
    EXPECT_EQ(x_there.ToVector(), y.ToVector());
  }
}

TEST_P(ScaleCudaTest, InputGradEqualsReference) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.x.ToString());
    const auto& [shape, broadcast] = c.axes();
    const auto kernel = MakeScaleCuda(broadcast, queue());
    RandomStream random(3);
    TestTensor<float> dy(c.x), s(shape);
    for (TestTensor<float>* t : {&dy, &s}) t->FillRandom(&random);
    DeviceTensor dy_there = Copy(&dy, c.padding);
    DeviceTensor s_there = Copy(&s, c.padding);
    const auto check = [&, &broadcast = broadcast](GradMode mode,
                                                   DeviceTensor* dx) {
      TestTensor<float> wanted(c.x);
      wanted.Fill(9);
      ScaleInputGradReference<float>(
          broadcast, {s.strided(), dy.strided(), wanted.strided(), mode});
      kernel->InputGrad({s_there.view().strided(), dy_there.view().strided(),
                         dx->view().strided(), mode});
      EXPECT_TRUE(AllClose(dx->ToVector(), wanted.ToVector(), 2));
      EXPECT_TRUE(dx->PaddingIsUntouched());
    };
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      DeviceTensor dx = Gradient(c.x, c.padding, mode);
      check(mode, &dx);
    }
    check(GradMode::kWrite, &dy_there);
  }
}

TEST_P(ScaleCudaTest, ParameterGradsEqualReference) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.x.ToString());
    const auto& [shape, broadcast] = c.axes();
    const auto kernel = MakeScaleCuda(broadcast, queue());
    RandomStream random(4);
    TestTensor<float> x(c.x), dy(c.x);
    for (TestTensor<float>* t : {&x, &dy}) t->FillRandom(&random);
    DeviceTensor x_there = Copy(&x, c.padding), dy_there = Copy(&dy, c.padding);
    constexpr GradMode kWrite = GradMode::kWrite, kAdd = GradMode::kAdd,
                       kSkip = GradMode::kSkip;
    const std::vector<std::vector<GradMode>> pairs = {
        {kWrite, kAdd}, {kSkip, kWrite}, {kAdd, kSkip}};
    for (const std::vector<GradMode>& modes : pairs) {
      TestTensor<float> want_ds(shape), want_db(shape);
      want_ds.Fill(9);
      want_db.Fill(9);
      ScaleParameterGradReference<float>(
          broadcast, {x.strided(), dy.strided(), want_ds.strided(), modes[0],
                      want_db.strided(), modes[1]});
      std::vector<std::vector<float>> results;
      for (const cuda_sim::Options& order : {GetParam(), cuda_sim::Options()}) {
        const cuda_sim::ScopedOptions scoped(order);
        DeviceTensor ds = Gradient(shape, c.padding, modes[0]);
        DeviceTensor db = Gradient(shape, c.padding, modes[1]);
        ScaleParameterGradArgs<float> args = {
            x_there.view().strided(), dy_there.view().strided(),
            ds.view().strided(),      modes[0],
            db.view().strided(),      modes[1]};
        if (modes[0] == kSkip) args.x = {}, args.dscale = {};
        if (modes[1] == kSkip) args.dbias = {};
        kernel->ParameterGrad(args);
        results.push_back(ds.ToVector());
        results.push_back(db.ToVector());
        EXPECT_TRUE(ds.PaddingIsUntouched() && db.PaddingIsUntouched());
      }
      EXPECT_TRUE(AllClose(results[0], want_ds.ToVector(), 64));
      EXPECT_TRUE(AllClose(results[1], want_db.ToVector(), 64));
      EXPECT_EQ(results[0], results[2]);
      EXPECT_EQ(results[1], results[3]);
    }
  }
}

}  // namespace
}  // namespace tamp
