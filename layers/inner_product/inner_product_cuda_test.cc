#include "layers/inner_product/inner_product_cuda.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "core/device/buffer.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/inner_product/inner_product_kernel.h"
#include "layers/inner_product/inner_product_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

InnerProductExtents ExtentsOf(const Shape& shape) {
  return {shape.num(), shape.channels(), shape.spatial()};
}

struct Case {
  Shape x, y;
  int axis;
  bool transposed;
  Padding padding;
  bool has_bias;
};

InnerProductOptions OptionsOf(const Case& c) {
  InnerProductOptions options;
  options.num_rows = c.x.count(0, c.axis);
  options.num_inputs = c.x.count(c.axis);
  options.num_outputs = c.y.num_elements() / options.num_rows;
  options.x = ExtentsOf(c.x);
  options.y = ExtentsOf(c.y);
  options.transposed = c.transposed;
  return options;
}

// Rows in place and copied; one of each extent; more than a block.
std::vector<Case> Cases() {
  return {{{1, 1}, {1, 1}, 1, false, {}, true},
          {{6, 20, 1}, {6, 10}, 1, false, {}, true},
          {{6, 20, 1}, {6, 10}, 1, true, {0, 3}, true},
          {{5, 17, 6}, {5, 33}, 1, false, {0, 2}, false},
          {{5, 17, 6}, {5, 33}, 1, true, {1, 2}, true},
          {{3, 7, 9}, {3, 7, 5}, 2, false, {2, 0}, true},
          {{3, 7, 9}, {3, 7, 5}, 2, true, {2, 1}, true},
          {{3, 7, 9}, {5}, 0, false, {}, true},
          {{257, 3}, {257, 2}, 1, false, {0, 1}, true}};
}

class InnerProductCudaTest : public CudaKernelTest {
 protected:
  void Check(const Case& c, GradMode mode);
};

void InnerProductCudaTest::Check(const Case& c, GradMode mode) {
  const InnerProductOptions options = OptionsOf(c);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<InnerProductKernel> kernel,
                       MakeInnerProductCuda(options, device()));
  const Shape weight = {options.num_outputs * options.num_inputs};
  const Shape bias = {options.num_outputs};
  RandomStream random(7);
  TestTensor<float> x(c.x), y(c.y), dy(c.y), dx(c.x), w(weight), dw(weight),
      b(bias), db(bias);
  for (TestTensor<float>* tensor : {&x, &dy, &w, &b}) {
    tensor->FillRandom(&random);
  }
  for (TestTensor<float>* tensor : {&dx, &dw, &db}) tensor->Fill(9);
  const auto there = [&](TestTensor<float>& tensor, Padding padding) {
    DeviceTensor copy(tensor.shape(), padding, &device());
    copy.FromVector(tensor.ToVector());
    return copy;
  };
  DeviceTensor x2 = there(x, c.padding), y2 = Tensor(c.y, c.padding),
               dy2 = there(dy, c.padding), dx2 = there(dx, c.padding),
               w2 = there(w, {}), dw2 = there(dw, {}), b2 = there(b, {}),
               db2 = there(db, {});

  const Buffer forward = Workspace(kernel->forward_workspace_bytes());
  kernel->Forward({x2.view().strided(), w2.view().data,
                   c.has_bias ? b2.view().data : nullptr, y2.view().strided(),
                   forward.data()});
  InnerProductForwardReference<float>(
      options, {x.strided(), w.at(0, 0), c.has_bias ? b.at(0, 0) : nullptr,
                y.strided()});
  EXPECT_TRUE(AllClose(y2.ToVector(), y.ToVector(), 32));
  EXPECT_TRUE(y2.PaddingIsUntouched());

  const GradMode bias_mode = c.has_bias ? mode : GradMode::kSkip;
  const Buffer backward = Workspace(kernel->backward_workspace_bytes());
  kernel->Backward({x2.view().strided(), w2.view().data, dy2.view().strided(),
                    dx2.view().strided(), mode, dw2.view().data, mode,
                    db2.view().data, bias_mode, backward.data()});
  InnerProductBackwardReference<float>(
      options, {x.strided(), w.at(0, 0), dy.strided(), dx.strided(), mode,
                dw.at(0, 0), mode, db.at(0, 0), bias_mode});
  EXPECT_TRUE(AllClose(dx2.ToVector(), dx.ToVector(), 32));
  EXPECT_TRUE(AllClose(dw2.ToVector(), dw.ToVector(), 32));
  EXPECT_TRUE(AllClose(db2.ToVector(), db.ToVector(), 32));
  EXPECT_TRUE(dx2.PaddingIsUntouched());
}

TEST_P(InnerProductCudaTest, EqualsReference) {
  for (const Case& c : Cases()) {
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      SCOPED_TRACE(testing::Message()
                   << c.x.ToString() << (c.transposed ? " transposed" : "")
                   << ", mode " << static_cast<int>(mode));
      Check(c, mode);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, InnerProductCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
