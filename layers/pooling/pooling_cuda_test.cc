#include "layers/pooling/pooling_cuda.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/device/buffer.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/pooling/pooling_kernel.h"
#include "layers/pooling/pooling_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

constexpr auto kMax = PoolingOptions::Method::kMax;
constexpr auto kAverage = PoolingOptions::Method::kAverage;

// What the reference makes of random numbers, or of others.
struct Reference {
  explicit Reference(const PoolingOptions& o)
      : options(o),
        x({o.num, o.channels, o.height.extent, o.width.extent}),
        y({o.num, o.channels, o.height.num_windows(), o.width.num_windows()}),
        dy(y.shape()),
        argmax(y.shape().num_elements(), -1) {
    RandomStream random(6);
    x.FillRandom(&random, 0, 1);
    dy.FillRandom(&random);
  }
  void Forward() {
    PoolingForwardReference<float>(options,
                                   {x.strided(), y.strided(), argmax.data()});
  }
  // dx begins as 9.
  std::vector<float> Backward(GradMode mode) {
    TestTensor<float> dx(x.shape());
    dx.Fill(9);
    PoolingBackwardReference<float>(
        options, {dy.strided(), argmax.data(), dx.strided(), mode});
    return dx.ToVector();
  }

  const PoolingOptions options;
  TestTensor<float> x, y, dy;
  std::vector<int32_t> argmax;
};

class PoolingCudaTest : public CudaKernelTest {
 protected:
  // The same on the device, argmax as null where AVE has none.
  void Forward(Reference* reference, DeviceTensor* x, DeviceTensor* y) {
    const PoolingOptions& o = reference->options;
    if (o.method == kMax) {
      argmax_ = Workspace(y->shape().num_elements() * sizeof(int32_t));
    }
    x->FromVector(reference->x.ToVector());
    MakePoolingCuda(o, queue())
        ->Forward({x->view().strided(), y->view().strided(), argmax()});
  }
  int32_t* argmax() { return static_cast<int32_t*>(argmax_.data()); }
  std::vector<int32_t> ArgmaxThere(int64_t count) {
    std::vector<int32_t> indices(count);
    device().CopyToHost(argmax(), count * sizeof(int32_t), indices.data());
    return indices;
  }

  void Check(const PoolingOptions& options, Padding padding) {
    Reference reference(options);
    reference.Forward();
    DeviceTensor x = Tensor(reference.x.shape(), padding);
    DeviceTensor y = Tensor(reference.y.shape(), padding);
    Forward(&reference, &x, &y);
    EXPECT_TRUE(AllClose(y.ToVector(), reference.y.ToVector(), 8));
    EXPECT_TRUE(y.PaddingIsUntouched());
    if (options.method == kMax) {
      EXPECT_EQ(ArgmaxThere(reference.argmax.size()), reference.argmax);
    }
    CheckBackward(GradMode::kWrite, &reference, padding);
  }

  // REQUIRES: argmax() is of the same numbers.
  void CheckBackward(GradMode mode, Reference* reference, Padding padding) {
    DeviceTensor dy = Tensor(reference->y.shape(), padding);
    DeviceTensor dx = Tensor(reference->x.shape(), padding);
    dy.FromVector(reference->dy.ToVector());
    if (mode != GradMode::kWrite) dx.Fill(9);
    MakePoolingCuda(reference->options, queue())
        ->Backward({dy.view().strided(), argmax(), dx.view().strided(), mode});
    EXPECT_TRUE(AllClose(dx.ToVector(), reference->Backward(mode), 8));
    EXPECT_TRUE(dx.PaddingIsUntouched());
  }

  Buffer argmax_;
};

TEST_P(PoolingCudaTest, EqualsReference) {
  const struct {
    PoolingOptions options;
    Padding padding;
  } cases[] = {
      {{kMax, 1, 1, {1, 1, 0, 1, true}, {1, 1, 0, 1, true}}, {}},
      // Halves: even, and odd in both roundings.
      {{kMax, 3, 5, {8, 2, 0, 2, true}, {34, 2, 0, 2, true}}, {3, 1}},
      {{kMax, 2, 3, {7, 2, 0, 2, true}, {6, 2, 0, 2, true}}, {0, 2}},
      {{kMax, 2, 3, {7, 2, 0, 2, false}, {9, 2, 0, 2, false}}, {1, 0}},
      // The whole map, and more maps than warps that fit.
      {{kMax, 7, 37, {7, 7, 0, 1, true}, {7, 7, 0, 1, true}}, {2, 2}},
      {{kMax, 1, 2, {9, 9, 0, 1, true}, {33, 33, 0, 1, true}}, {2, 2}},
      // Windows of 31 to 33 elements, and wider than a warp.
      {{kMax, 2, 1, {9, 1, 0, 3, true}, {40, 31, 4, 5, true}}, {1, 1}},
      {{kMax, 2, 1, {9, 4, 2, 3, true}, {11, 8, 3, 2, true}}, {1, 1}},
      {{kMax, 2, 1, {5, 3, 1, 1, true}, {13, 11, 3, 2, true}}, {1, 1}},
      {{kMax, 1, 2, {3, 2, 1, 1, true}, {90, 70, 9, 7, true}}, {1, 1}},
      // Overlapping, padded, with gaps, a last window dropped.
      {{kMax, 2, 2, {11, 3, 1, 2, true}, {10, 3, 1, 2, false}}, {1, 1}},
      {{kMax, 2, 2, {9, 2, 0, 3, true}, {10, 1, 0, 4, true}}, {0, 3}},
      {{kMax, 1, 2, {3, 2, 1, 2, true}, {4, 5, 4, 3, true}}, {4, 0}},
      // A kernel far larger than the map.
      {{kMax,
        1,
        1,
        {2, 4294967295, 4294967294, 2147483648, true},
        {3, 1, 0, 1, true}},
       {}}};
  for (const auto& c : cases) {
    for (const auto method : {kMax, kAverage}) {
      PoolingOptions options = c.options;
      options.method = method;
      SCOPED_TRACE(testing::Message()
                   << (method == kMax ? "MAX" : "AVE") << " of "
                   << options.height.extent << "x" << options.width.extent
                   << ", kernel " << options.height.kernel << "x"
                   << options.width.kernel);
      Check(options, c.padding);
    }
  }
}

TEST_P(PoolingCudaTest, AddsOrSkipsTheGradient) {
  for (const auto method : {kMax, kAverage}) {
    Reference reference(
        {method, 2, 2, {11, 3, 1, 2, true}, {10, 3, 1, 2, false}});
    reference.Forward();
    DeviceTensor x = Tensor(reference.x.shape());
    DeviceTensor y = Tensor(reference.y.shape());
    Forward(&reference, &x, &y);
    CheckBackward(GradMode::kAdd, &reference, {1, 1});
    CheckBackward(GradMode::kSkip, &reference, {1, 1});
  }
}

// Few different values, so that windows have equals, some of which are NaN; and
// only the smallest. Windows are a thread's work, then a warp's.
TEST_P(PoolingCudaTest, ChoosesNanThenTheFirstOfEquals) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const int64_t size : {3, 8}) {
    for (const bool has_numbers : {false, true}) {
      Reference reference(
          {kMax, 2, 2, {9, size, 1, 2, true}, {37, size, 1, 3, false}});
      RandomStream random(4);
      const float kinds[] = {1, 2, infinity, nan};
      std::vector<float> x(reference.x.shape().num_elements(), -infinity);
      for (float& value : x) {
        // Most windows have no NaN.
        const int kind = random.UniformInt(40);
        if (has_numbers) value = kinds[kind < 37 ? kind % 2 : kind % 4];
      }
      reference.x.FromVector(x);
      reference.Forward();
      DeviceTensor x_there = Tensor(reference.x.shape());
      DeviceTensor y = Tensor(reference.y.shape());
      Forward(&reference, &x_there, &y);
      EXPECT_EQ(ArgmaxThere(reference.argmax.size()), reference.argmax);
      const std::vector<float> actual = y.ToVector();
      const std::vector<float> expected = reference.y.ToVector();
      for (size_t i = 0; i < expected.size(); ++i) {
        EXPECT_TRUE(std::isnan(expected[i]) ? std::isnan(actual[i])
                                            : actual[i] == expected[i]);
      }
    }
  }
}

// Sums of windows, in warps and in threads, do not depend on who comes first.
TEST_P(PoolingCudaTest, SameBitsInEveryOrder) {
  for (const int64_t size : {3, 8}) {
    Reference reference(
        {kAverage, 3, 2, {9, size, 1, 2, true}, {17, size, 1, 2, true}});
    DeviceTensor x = Tensor(reference.x.shape());
    DeviceTensor y = Tensor(reference.y.shape());
    Forward(&reference, &x, &y);
    const std::vector<float> bits = y.ToVector();
    const cuda_sim::ScopedOptions forward_order{cuda_sim::Options()};
    Forward(&reference, &x, &y);
    EXPECT_EQ(y.ToVector(), bits);
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, PoolingCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
