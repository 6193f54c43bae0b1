#include "layers/batch_norm_apply/batch_norm_apply_cuda.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/batch_norm_apply/batch_norm_apply_kernel.h"
#include "layers/batch_norm_apply/batch_norm_apply_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

struct Case {
  Shape shape;
  Padding padding;
  bool weighted = false;  // the running statistics

  BatchNormApplyOptions options() const {
    return {shape.num(), shape.channels(), shape.spatial(), 1e-5f, 0.9f};
  }
};

// The last one has several blocks a channel.
const std::vector<Case>& Cases() {
  static const auto* const cases =
      new std::vector<Case>{{{2, 1, 1}, {}},
                            {{2, 3, 15}, {1, 0}},
                            {{2, 3, 15}, {1, 0}, true},
                            {{3, 2, 16}, {0, 5}},
                            {{4, 7}, {2, 3}, true},
                            {{1, 37, 7, 7}, {3, 7}},
                            {{2, 2, 50, 50}, {1, 2}, true}};
  return *cases;
}

struct Results {
  std::vector<float> y, g, running_mean, running_variance, running_weight;
  std::vector<float> sums, dgamma, dbeta;

  bool operator==(const Results& other) const {
    return y == other.y && g == other.g && sums == other.sums &&
           dgamma == other.dgamma && dbeta == other.dbeta &&
           running_mean == other.running_mean &&
           running_variance == other.running_variance &&
           running_weight == other.running_weight;
  }
};

// Forward and backward on tensors of the host or of a device. Where x has a
// large mean the statistics have it too.
template <typename Tensor, typename Make, typename Forward, typename Backward>
Results RunOn(const Case& c, GradMode mode, bool in_place,
              bool is_recomputation, const Make& make, const Forward& forward,
              const Backward& backward) {
  RandomStream random(3);
  Tensor x = make(c.shape, c.padding), y = make(c.shape, c.padding);
  Tensor dy = make(c.shape, c.padding), g = make(c.shape, c.padding);
  x.FillRandom(&random);
  dy.FillRandom(&random);
  const auto numbers = [&](int64_t size) {
    Tensor tensor = make({size}, {});
    tensor.FillRandom(&random, 0.5, 1.5);
    return tensor;
  };
  const int64_t channels = c.shape.channels();
  Tensor statistics = numbers(2 * channels);
  Tensor gamma = numbers(channels), beta = numbers(channels);
  Tensor running_mean = numbers(channels), running_variance = numbers(channels);
  Tensor running_weight = numbers(1), sums = numbers(2 * channels);
  Tensor dgamma = numbers(channels), dbeta = numbers(channels);
  if (mode == GradMode::kWrite) {
    for (Tensor* tensor : {&g, &sums, &dgamma, &dbeta}) {
      tensor->Fill(std::numeric_limits<float>::quiet_NaN());
    }
  } else {
    g.Fill(9);
  }
  forward(BatchNormApplyForwardArgs<float>{
      x.view().strided(), statistics.view().data, gamma.view().data,
      beta.view().data, running_mean.view().data, running_variance.view().data,
      c.weighted ? running_weight.view().data : nullptr, y.view().strided(),
      is_recomputation});
  Tensor& g_or_dy = in_place ? dy : g;
  // Nobody has memory for what is not wanted.
  const bool skips = mode == GradMode::kSkip;
  backward(BatchNormApplyBackwardArgs<float>{
      x.view().strided(), statistics.view().data, gamma.view().data,
      dy.view().strided(), g_or_dy.view().strided(), mode,
      skips ? nullptr : sums.view().data, mode,
      skips ? nullptr : dgamma.view().data, mode,
      skips ? nullptr : dbeta.view().data, mode});
  EXPECT_TRUE(y.PaddingIsUntouched());
  EXPECT_TRUE(g_or_dy.PaddingIsUntouched());
  return {y.ToVector(),
          g_or_dy.ToVector(),
          running_mean.ToVector(),
          running_variance.ToVector(),
          running_weight.ToVector(),
          sums.ToVector(),
          dgamma.ToVector(),
          dbeta.ToVector()};
}

class BatchNormApplyCudaTest : public CudaKernelTest {
 protected:
  Results OnDevice(const Case& c, GradMode mode, bool in_place,
                   bool is_recomputation) {
    const auto kernel = MakeBatchNormApplyCuda(c.options(), queue());
    return RunOn<DeviceTensor>(
        c, mode, in_place, is_recomputation,
        [this](Shape shape, Padding padding) { return Tensor(shape, padding); },
        [&](const auto& args) { kernel->Forward(args); },
        [&](const auto& args) { kernel->Backward(args); });
  }

  static Results Wanted(const Case& c, GradMode mode, bool is_recomputation) {
    return RunOn<TestTensor<float>>(
        c, mode, /*in_place=*/false, is_recomputation,
        [](Shape shape, Padding padding) {
          return TestTensor<float>(shape, padding);
        },
        [&](const auto& args) {
          BatchNormApplyForwardReference<float>(c.options(), args);
        },
        [&](const auto& args) {
          BatchNormApplyBackwardReference<float>(c.options(), args);
        });
  }
};

INSTANTIATE_TEST_SUITE_P(Orders, BatchNormApplyCudaTest, CudaOrders());

TEST_P(BatchNormApplyCudaTest, EqualsReference) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.shape.ToString());
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      const bool again = mode == GradMode::kAdd;
      const Results actual = OnDevice(c, mode, /*in_place=*/false, again);
      const Results wanted = Wanted(c, mode, again);
      EXPECT_TRUE(AllClose(actual.y, wanted.y, 8));
      EXPECT_TRUE(AllClose(actual.g, wanted.g, 8));
      EXPECT_TRUE(AllClose(actual.running_mean, wanted.running_mean, 2));
      EXPECT_TRUE(
          AllClose(actual.running_variance, wanted.running_variance, 2));
      EXPECT_EQ(actual.running_weight, wanted.running_weight);
      if (mode == GradMode::kSkip) continue;
      EXPECT_TRUE(AllClose(actual.sums, wanted.sums, 8));
      EXPECT_TRUE(AllClose(actual.dgamma, wanted.dgamma, 8));
      EXPECT_TRUE(AllClose(actual.dbeta, wanted.dbeta, 8));
    }
  }
}

TEST_P(BatchNormApplyCudaTest, SameBitsInPlaceAndInEveryOrder) {
  for (const Case& c : {Cases()[4], Cases()[6]}) {
    const Results actual = OnDevice(c, GradMode::kWrite, true, false);
    const cuda_sim::ScopedOptions forward_order{cuda_sim::Options()};
    EXPECT_TRUE(actual == OnDevice(c, GradMode::kWrite, false, false));
  }
}

}  // namespace
}  // namespace tamp
