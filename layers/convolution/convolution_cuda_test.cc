#include "layers/convolution/convolution_cuda.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/cuda/cudnn/convolution_plans.h"
#include "core/device/buffer.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "layers/convolution/convolution_kernel.h"
#include "layers/convolution/convolution_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_maps.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

struct Case {
  std::string name;
  ConvolutionOptions options;
  Padding padding;
  bool has_bias;
};

ConvolutionOptions Options(const Shape& input, int64_t num_output,
                           int64_t group, int64_t kernel_h, int64_t kernel_w,
                           int64_t pad, int64_t stride, int64_t dilation) {
  ConvolutionOptions o;
  o.num = input.dim(0);
  o.channels = input.dim(1);
  o.height = input.dim(2);
  o.width = input.dim(3);
  o.num_output = num_output;
  o.group = group;
  o.kernel_h = kernel_h;
  o.kernel_w = kernel_w;
  o.pad_h = o.pad_w = pad;
  o.stride_h = o.stride_w = stride;
  o.dilation_h = o.dilation_w = dilation;
  return o;
}

std::vector<Case> Cases() {
  return {{"one number", Options({1, 1, 1, 1}, 1, 1, 1, 1, 0, 1, 1), {}, true},
          {"3x3", Options({2, 5, 7, 7}, 3, 1, 3, 3, 1, 1, 1), {}, true},
          {"3x3 in slices",
           Options({2, 5, 7, 7}, 3, 1, 3, 3, 1, 1, 1),
           {3, 0},
           true},
          {"1x1 with gaps",
           Options({3, 37, 3, 5}, 12, 1, 1, 1, 0, 1, 1),
           {1, 2},
           false},
          {"stem", Options({1, 3, 15, 17}, 4, 1, 7, 7, 3, 2, 1), {}, false},
          {"groups", Options({2, 6, 5, 4}, 9, 3, 3, 2, 1, 1, 1), {0, 1}, true},
          {"dilation", Options({1, 2, 9, 8}, 3, 1, 3, 3, 2, 1, 2), {}, true},
          {"stride", Options({2, 4, 8, 9}, 5, 1, 2, 3, 0, 3, 1), {5, 0}, true}};
}

// How far results may be off, in epsilons of float: of 16 bits they are rounded
// to 10 or 7 bits behind the point.
double EpsilonsOf(ProductPrecision precision) {
  switch (precision) {
    case ProductPrecision::kFloat32:
      return 32;
    case ProductPrecision::kBf16:
      return 1 << 16;
    case ProductPrecision::kTf32:
    case ProductPrecision::kFp16:
      break;
  }
  return 1 << 13;
}

class ConvolutionCudaTest : public CudaKernelTest {
 protected:
  void Check(const Case& c, GradMode mode) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<ConvolutionKernel> kernel,
                         MakeConvolutionCuda(c.options, device()));
    Check(c, mode, kernel.get());
  }
  void Check(const Case& c, GradMode mode, ConvolutionKernel* kernel);
};

void ConvolutionCudaTest::Check(const Case& c, GradMode mode,
                                ConvolutionKernel* kernel) {
  const double epsilons = EpsilonsOf(c.options.precision);
  const ConvolutionOptions& o = c.options;
  TestTensor<float> x({o.num, o.channels, o.height, o.width}), dx(x.shape());
  TestTensor<float> y({o.num, o.num_output, o.output_h(), o.output_w()}),
      dy(y.shape());
  TestTensor<float> w({o.num_output * o.fan_in()}), dw(w.shape());
  TestTensor<float> b({o.num_output}), db(b.shape());
  RandomStream random(5);
  for (TestTensor<float>* tensor : {&x, &dy, &w, &b}) {
    tensor->FromVector(
        RandomGrid<float>(tensor->shape().num_elements(), &random));
  }
  for (TestTensor<float>* tensor : {&dx, &dw, &db}) tensor->Fill(9);
  const auto there = [&](TestTensor<float>& tensor, Padding padding) {
    DeviceTensor copy(tensor.shape(), padding, &device());
    copy.FromVector(tensor.ToVector());
    return copy;
  };
  DeviceTensor x2 = there(x, c.padding), y2 = Tensor(y.shape(), c.padding),
               dx2 = there(dx, c.padding), dy2 = there(dy, c.padding),
               w2 = there(w, {}), dw2 = there(dw, {}), b2 = there(b, {}),
               db2 = there(db, {});

  const Buffer forward = Workspace(kernel->forward_workspace_bytes());
  kernel->Forward({x2.view().strided(), w2.view().data,
                   c.has_bias ? b2.view().data : nullptr, y2.view().strided(),
                   forward.data()});
  ConvolutionForwardReference<float>(
      o, {x.strided(), w.at(0, 0), c.has_bias ? b.at(0, 0) : nullptr,
          y.strided()});
  EXPECT_TRUE(AllClose(y2.ToVector(), y.ToVector(), epsilons));
  EXPECT_TRUE(y2.PaddingIsUntouched());

  const GradMode bias_mode = c.has_bias ? mode : GradMode::kSkip;
  const Buffer backward = Workspace(kernel->backward_workspace_bytes());
  kernel->Backward({x2.view().strided(), w2.view().data, dy2.view().strided(),
                    dx2.view().strided(), mode, dw2.view().data, mode,
                    db2.view().data, bias_mode, backward.data()});
  ConvolutionBackwardReference<float>(
      o, {x.strided(), w.at(0, 0), dy.strided(), dx.strided(), mode,
          dw.at(0, 0), mode, db.at(0, 0), bias_mode});
  EXPECT_TRUE(AllClose(dx2.ToVector(), dx.ToVector(), epsilons));
  EXPECT_TRUE(AllClose(dw2.ToVector(), dw.ToVector(), epsilons));
  EXPECT_TRUE(AllClose(db2.ToVector(), db.ToVector(), epsilons));
  EXPECT_TRUE(dx2.PaddingIsUntouched());
}

TEST_P(ConvolutionCudaTest, EqualsReference) {
  for (const Case& c : Cases()) {
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      SCOPED_TRACE(testing::Message()
                   << c.name << ", mode " << static_cast<int>(mode));
      Check(c, mode);
    }
  }
}

// One kernel, called with tensors that lie otherwise each time.
TEST_P(ConvolutionCudaTest, FindsThePlanOfEachWayOfLying) {
  const ConvolutionOptions o = Options({2, 5, 7, 7}, 3, 1, 3, 3, 1, 1, 1);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<ConvolutionKernel> kernel,
                       MakeConvolutionCuda(o, device()));
  const Case dense = {"dense", o, {}, false},
             apart = {"apart", o, {3, 0}, false};
  Check(dense, GradMode::kWrite, kernel.get());
  Check(apart, GradMode::kWrite, kernel.get());
  Check(dense, GradMode::kAdd, kernel.get());
  Check(dense, GradMode::kWrite, kernel.get());
}

TEST_P(ConvolutionCudaTest, OtherPrecisions) {
  for (Case& c : Cases()) {
    for (const ProductPrecision precision :
         {ProductPrecision::kTf32, ProductPrecision::kBf16,
          ProductPrecision::kFp16}) {
      for (const GradMode mode :
           {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
        SCOPED_TRACE(testing::Message()
                     << c.name << ", precision " << static_cast<int>(precision)
                     << ", mode " << static_cast<int>(mode));
        c.options.precision = precision;
        Check(c, mode);
      }
    }
  }
}

// So that a step makes no plan, and nothing can fail there for want of one.
TEST_P(ConvolutionCudaTest, PlansOfDenseTensorsAreMadeWithTheLayer) {
  const Case c = {"3x3", Options({2, 5, 7, 7}, 3, 1, 3, 3, 1, 1, 1), {}, true};
  ASSERT_OK_AND_ASSIGN(ConvolutionPlans* const plans,
                       device().convolution_plans());
  ASSERT_OK(MakeConvolutionCuda(c.options, device()).status());
  const int64_t count = plans->count();
  EXPECT_GT(count, 0);
  Check(c, GradMode::kWrite);
  Check(c, GradMode::kAdd);
  EXPECT_EQ(plans->count(), count);
}

INSTANTIATE_TEST_SUITE_P(Orders, ConvolutionCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
