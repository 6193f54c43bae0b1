#include "layers/dropout/dropout_cuda.h"

#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/dropout_mask.h"
#include "layers/dropout/dropout_kernel.h"
#include "layers/dropout/dropout_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

DropoutMask MaskOf(float ratio) {
  DropoutMask mask;
  mask.key = 77;
  mask.step = 8;
  mask.threshold = DropoutThreshold(ratio);
  mask.kept = 1 / (1 - ratio);
  return mask;
}

// Of x; that of y differs, so that rows which only one of them has show.
struct Case {
  Shape shape;
  Padding padding;
  float ratio;

  Padding padding_of_y() const { return {padding.image, padding.channel}; }
};

// Rows of whole Philox blocks and others; one with more blocks than the
// simulated device has threads.
const Case kCases[] = {{{1, 1, 1}, {}, 0.5f},
                       {{2, 3, 15}, {1, 0}, 0.2f},
                       {{3, 2, 16}, {0, 5}, 0.1f},
                       {{2, 3, 257}, {0, 3}, 0.2f},
                       {{4, 7}, {2, 3}, 0.5f},
                       {{5, 101}, {}, 0},
                       {{5}, {}, 0.5f},
                       {{2, 5, 57, 61}, {1, 3}, 0.9f}};

class DropoutCudaTest : public CudaKernelTest {
 protected:
  void Check(const Case& c) {
    const Extents extents = {c.shape.num(), c.shape.channels(),
                             c.shape.spatial()};
    const auto kernel = MakeDropoutCuda(extents, queue());
    const DropoutMask mask = MaskOf(c.ratio);
    RandomStream random(2);
    DeviceTensor x = Tensor(c.shape, c.padding);
    x.FillRandom(&random);
    TestTensor<float> x_here(c.shape), expected(c.shape);
    x_here.FromVector(x.ToVector());
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      DeviceTensor y = Tensor(c.shape, c.padding_of_y());
      if (mode != GradMode::kWrite) y.Fill(9);
      expected.Fill(9);
      kernel->Apply(mask, {x.view().strided(), y.view().strided(), mode});
      DropoutReference<float>(extents, mask,
                              {x_here.strided(), expected.strided(), mode});
      if (mode == GradMode::kWrite) {
        EXPECT_EQ(y.ToVector(), expected.ToVector());
      } else {  // a device rounds a product and its sum once
        EXPECT_TRUE(AllClose(y.ToVector(), expected.ToVector(), 1));
      }
      EXPECT_TRUE(y.PaddingIsUntouched());
    }
    kernel->Apply(mask, {x.view().strided(), x.view().strided()});
    DropoutReference<float>(extents, mask,
                            {x_here.strided(), x_here.strided()});
    EXPECT_EQ(x.ToVector(), x_here.ToVector());
  }
};

TEST_P(DropoutCudaTest, EqualsReferenceAlsoInPlace) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.shape.ToString());
    Check(c);
  }
}

TEST_P(DropoutCudaTest, LeavesWhatIsBehindTheElements) {
  DeviceTensor x = Array({1, 2, 3, 4, 5, 6, 7, 8}), y = Array(8);
  y.Fill(9);
  MakeDropoutCuda({1, 1, 5}, queue())
      ->Apply(MaskOf(0), {{x.view().data, 5, 5}, {y.view().data, 5, 5}});
  EXPECT_EQ(y.ToVector(), std::vector<float>({1, 2, 3, 4, 5, 9, 9, 9}));
}

TEST_P(DropoutCudaTest, ScalesAllInNetsForTesting) {
  DropoutMask mask = MaskOf(0);
  mask.kept = 0.5f;
  DeviceTensor x = Array({2, -4, 6}), y = Array(3);
  const auto kernel = MakeDropoutCuda({1, 1, 3}, queue());
  kernel->Apply(mask, {x.view().strided(), y.view().strided()});
  EXPECT_EQ(y.ToVector(), std::vector<float>({1, -2, 3}));
  kernel->Apply(mask, {x.view().strided(), x.view().strided()});
  EXPECT_EQ(x.ToVector(), std::vector<float>({1, -2, 3}));
}

INSTANTIATE_TEST_SUITE_P(Orders, DropoutCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
