#include "layers/lrn/lrn_cuda.h"

#include <cstdint>
#include <vector>

#include "core/device/buffer.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/lrn/lrn_kernel.h"
#include "layers/lrn/lrn_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

constexpr auto kAcross = LrnOptions::Region::kAcrossChannels;
constexpr auto kWithin = LrnOptions::Region::kWithinChannel;

class LrnCudaTest : public CudaKernelTest {
 protected:
  void Check(const LrnOptions& options, Padding padding) {
    const Shape shape = {options.num, options.channels, options.height,
                         options.width};
    TestTensor<float> x(shape), y(shape), dy(shape);
    RandomStream random(8);
    x.FillRandom(&random);
    dy.FillRandom(&random);
    std::vector<float> scale(shape.num_elements());
    LrnForwardReference<float>(options,
                               {x.strided(), y.strided(), scale.data()});
    DeviceTensor x_there = Tensor(shape, padding);
    DeviceTensor y_there = Tensor(shape, padding);
    DeviceTensor scale_there = Array(shape.num_elements());
    x_there.FromVector(x.ToVector());
    const auto kernel = MakeLrnCuda(options, queue());
    EXPECT_EQ(kernel->forward_workspace_bytes(), 0);
    kernel->Forward({x_there.view().strided(), y_there.view().strided(),
                     scale_there.view().data});
    EXPECT_TRUE(AllClose(y_there.ToVector(), y.ToVector(), 16));
    EXPECT_TRUE(AllClose(scale_there.ToVector(), scale, 16));
    EXPECT_TRUE(y_there.PaddingIsUntouched());

    DeviceTensor dy_there = Tensor(shape, padding);
    dy_there.FromVector(dy.ToVector());
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      TestTensor<float> dx(shape);
      DeviceTensor dx_there = Tensor(shape, padding);
      dx.Fill(9);
      if (mode != GradMode::kWrite) dx_there.Fill(9);
      LrnBackwardReference<float>(options, {x.strided(), scale.data(),
                                            dy.strided(), dx.strided(), mode});
      const Buffer workspace = Workspace(kernel->backward_workspace_bytes());
      kernel->Backward({x_there.view().strided(), scale_there.view().data,
                        dy_there.view().strided(), dx_there.view().strided(),
                        mode, workspace.data()});
      EXPECT_TRUE(AllClose(dx_there.ToVector(), dx.ToVector(), 16));
      EXPECT_TRUE(dx_there.PaddingIsUntouched());
    }
  }
};

TEST_P(LrnCudaTest, EqualsReference) {
  const struct {
    LrnOptions options;
    Padding padding;
  } cases[] = {{{1, 1, 1, 1, kAcross, 5, 1, 0.75f, 1}, {}},
               {{3, 7, 5, 3, kAcross, 3, 2, 0.75f, 1}, {1, 2}},
               {{11, 4, 3, 6, kAcross, 5, 1, 0.5f, 1}, {0, 3}},
               // More elements than threads that fit.
               {{3, 37, 7, 19, kAcross, 3, 1, 0.75f, 1}, {1, 0}},
               // A neighborhood larger than the tensor, and of one.
               {{2, 3, 2, 9, kAcross, 99, 1, 1, 1}, {2, 0}},
               {{2, 3, 4, 4, kAcross, 1, 1, 0.75f, 2}, {3, 1}}};
  for (const auto& c : cases) {
    for (const auto region : {kAcross, kWithin}) {
      LrnOptions options = c.options;
      options.region = region;
      SCOPED_TRACE(testing::Message()
                   << (region == kAcross ? "across " : "within ")
                   << options.channels << " channels, local_size "
                   << options.local_size);
      Check(options, c.padding);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, LrnCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
