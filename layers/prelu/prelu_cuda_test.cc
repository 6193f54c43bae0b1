#include "layers/prelu/prelu_cuda.h"

#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "layers/options/broadcast_axes.h"
#include "layers/prelu/prelu_kernel.h"
#include "layers/prelu/prelu_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

// The padding is that of x; that of y and of gradients differs, so that rows
// which only one of them has show.
struct Case {
  Shape x;
  bool channel_shared;
  Padding padding;

  Padding other_padding() const { return {padding.image, padding.channel}; }
};

// Sums of one and of several parts; more of them than blocks that fit.
const Case kCases[] = {
    {{1, 1, 1}, false, {}},        {{2, 5, 3, 7}, false, {3, 5}},
    {{3, 2, 16}, true, {1, 2}},    {{4, 7}, false, {0, 3}},
    {{5, 17}, true, {}},           {{2, 37, 7, 7}, false, {}},
    {{1, 2, 2053}, false, {1, 0}}, {{2, 3, 17, 43}, true, {}}};

// The definition, computed in double.
class Expected {
 public:
  Expected(const BroadcastAxes& axes, const std::vector<float>& x,
           const std::vector<float>& slope, const std::vector<float>& dy,
           const Shape& shape)
      : broadcast_(axes.broadcast),
        x_(shape),
        dy_(shape),
        result_(shape),
        slope_(axes.shape),
        dslope_(axes.shape) {
    x_.FromVector({x.begin(), x.end()});
    dy_.FromVector({dy.begin(), dy.end()});
    slope_.FromVector({slope.begin(), slope.end()});
  }

  std::vector<float> Forward() {
    PreluForwardReference<double>(
        broadcast_, {x_.strided(), slope_.strided(), result_.strided()});
    return Floats(&result_);
  }
  // Gradients before are 9.
  void Backward(GradMode mode) {
    result_.Fill(9);
    dslope_.Fill(9);
    PreluBackwardReference<double>(
        broadcast_, {x_.strided(), slope_.strided(), dy_.strided(),
                     result_.strided(), mode, dslope_.strided(), mode});
  }
  std::vector<float> dx() { return Floats(&result_); }
  std::vector<float> dslope() { return Floats(&dslope_); }

 private:
  static std::vector<float> Floats(TestTensor<double>* tensor) {
    const std::vector<double> values = tensor->ToVector();
    return {values.begin(), values.end()};
  }

  const Broadcast broadcast_;
  TestTensor<double> x_, dy_, result_, slope_, dslope_;
};

class PreluCudaTest : public CudaKernelTest {
 protected:
  void Check(const Case& c) {
    const BroadcastAxes axes =
        *BroadcastParameter(c.x, 1, c.channel_shared ? 0 : 1);
    const auto kernel = MakePreluCuda(axes.broadcast, queue());
    RandomStream random(2);
    DeviceTensor x = Tensor(c.x, c.padding);
    DeviceTensor dy = Tensor(c.x, c.other_padding());
    DeviceTensor slope = Tensor(axes.shape);
    for (DeviceTensor* tensor : {&x, &dy, &slope}) tensor->FillRandom(&random);
    Expected expected(axes, x.ToVector(), slope.ToVector(), dy.ToVector(), c.x);

    DeviceTensor y = Tensor(c.x, c.other_padding());
    kernel->Forward(
        {x.view().strided(), slope.view().strided(), y.view().strided()});
    EXPECT_TRUE(AllClose(y.ToVector(), expected.Forward(), 1));
    EXPECT_TRUE(y.PaddingIsUntouched());
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      DeviceTensor dx = Tensor(c.x, c.other_padding());
      DeviceTensor dslope = Tensor(axes.shape);
      if (mode != GradMode::kWrite) {
        dx.Fill(9);
        dslope.Fill(9);
      }
      kernel->Backward({x.view().strided(), slope.view().strided(),
                        dy.view().strided(), dx.view().strided(), mode,
                        dslope.view().strided(), mode});
      expected.Backward(mode);
      EXPECT_TRUE(AllClose(dx.ToVector(), expected.dx(), 2));
      EXPECT_TRUE(AllClose(dslope.ToVector(), expected.dslope(), 16));
      EXPECT_TRUE(dx.PaddingIsUntouched());
      EXPECT_TRUE(dslope.PaddingIsUntouched());
    }
    CheckInPlace(kernel.get(), slope, &x, &y, &dy);
  }

  // y in the place of x, and dx in that of dy: the same bits.
  void CheckInPlace(PreluKernel* kernel, DeviceTensor& slope, DeviceTensor* x,
                    DeviceTensor* y, DeviceTensor* dy) {
    DeviceTensor dx = Tensor(x->shape()), dslope = Tensor(slope.shape());
    DeviceTensor dslope_in_place = Tensor(slope.shape());
    PreluBackwardArgs<float> args;
    args.x = x->view().strided();
    args.slope = slope.view().strided();
    args.dy = dy->view().strided();
    args.dx = dx.view().strided();
    args.dslope = dslope.view().strided();
    kernel->Backward(args);
    args.dx = dy->view().strided();
    args.dslope = dslope_in_place.view().strided();
    kernel->Backward(args);
    EXPECT_EQ(dy->ToVector(), dx.ToVector());
    EXPECT_EQ(dslope_in_place.ToVector(), dslope.ToVector());
    kernel->Forward({args.x, args.slope, x->view().strided()});
    EXPECT_EQ(x->ToVector(), y->ToVector());
  }
};

TEST_P(PreluCudaTest, EqualsReference) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.x.ToString());
    Check(c);
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, PreluCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
