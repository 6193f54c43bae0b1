#include "kernels/cuda/fused_norm_cuda.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "core/rng.h"
#include "gtest/gtest.h"
#include "kernels/fused_norm.h"
#include "kernels/fused_norm_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_mirror.h"
#include "tests/util/tensor_matchers.h"

namespace tamp {
namespace {

constexpr int64_t kCount = 35;  // elements of a channel
constexpr double kEpsilons = 4;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> RandomValues(RandomStream* random, int64_t count) {
  std::vector<float> values(count);
  for (float& value : values) value = 0.25f + random->Uniform();
  return values;
}

// What PrepareFusedNorm reads and writes.
struct Norm {
  explicit Norm(int64_t channels) {
    RandomStream random(3);
    statistics = RandomValues(&random, 2 * channels);
    gamma = RandomValues(&random, channels);
    beta = RandomValues(&random, channels);
    running_mean = RandomValues(&random, channels);
    running_variance = RandomValues(&random, channels);
    running_weight = RandomValues(&random, 1);
    terms.assign(NumFusedNormTerms(channels), kNan);
  }

  FusedNormForwardArgs<float> args(bool has_statistics, bool has_weight,
                                   bool is_recomputation) {
    FusedNormForwardArgs<float> args;
    if (has_statistics) args.statistics = statistics.data();
    args.gamma = gamma.data();
    args.beta = beta.data();
    args.running_mean = running_mean.data();
    args.running_variance = running_variance.data();
    if (has_weight) args.running_weight = running_weight.data();
    args.moving_average_fraction = 0.5f;
    args.is_recomputation = is_recomputation;
    args.terms = terms.data();
    return args;
  }

  void AddTo(DeviceMirror* mirror) {
    for (std::vector<float>* array :
         {&statistics, &gamma, &beta, &running_mean, &running_variance,
          &running_weight, &terms}) {
      mirror->Add(array);
    }
  }

  std::vector<float> statistics, gamma, beta;
  std::vector<float> running_mean, running_variance, running_weight, terms;
};

class FusedNormCudaTest : public CudaKernelTest {
 protected:
  void CheckNorm(int64_t channels, bool has_statistics, bool has_weight,
                 bool is_recomputation) {
    Norm actual(channels), expected(channels);
    DeviceMirror mirror(&device());
    actual.AddTo(&mirror);
    PrepareFusedNorm(
        queue(),
        mirror.At(actual.args(has_statistics, has_weight, is_recomputation)),
        channels, kCount);
    mirror.CopyBack();
    PrepareFusedNormReference(
        expected.args(has_statistics, has_weight, is_recomputation), channels,
        kCount);
    const auto expect_equal = [](const std::vector<float>& a,
                                 const std::vector<float>& b) {
      EXPECT_TRUE(AllClose(a, b, kEpsilons));
    };
    expect_equal(actual.terms, expected.terms);
    expect_equal(actual.running_weight, expected.running_weight);
    expect_equal(actual.running_mean, expected.running_mean);
    expect_equal(actual.running_variance, expected.running_variance);
  }
};

// A channel, part of a block, and more than the block has threads.
constexpr int64_t kChannels[] = {1, 37, 700};

TEST_P(FusedNormCudaTest, PreparesNorms) {
  for (const int64_t channels : kChannels) {
    for (const bool has_statistics : {false, true}) {
      for (const bool has_weight : {false, true}) {
        for (const bool is_recomputation : {false, true}) {
          SCOPED_TRACE(testing::Message()
                       << channels << " channels, flags " << has_statistics
                       << has_weight << is_recomputation);
          CheckNorm(channels, has_statistics, has_weight, is_recomputation);
        }
      }
    }
  }
}

TEST_P(FusedNormCudaTest, PreparesFinishing) {
  for (const int64_t channels : kChannels) {
    RandomStream random(4);
    std::vector<float> statistics = RandomValues(&random, 2 * channels);
    std::vector<float> grad = RandomValues(&random, 2 * channels);
    std::vector<float> terms(NumFinishingTerms(channels), kNan);
    const FinishingArgs<float> args = {statistics.data(), grad.data(), 0.25f};
    DeviceMirror mirror(&device());
    for (auto* array : {&statistics, &grad, &terms}) mirror.Add(array);
    PrepareFinishing(queue(), mirror.At(args), channels, kCount,
                     FinishingTermsAt(mirror.At(terms.data()), channels));
    mirror.CopyBack();
    const auto made = FinishingTermsAt(terms.data(), channels);
    for (int64_t c = 0; c < channels; ++c) {
      EXPECT_NEAR(made.p[c] * 10 + made.q[c] * 7 + made.r[c],
                  FinishedGradReference(args, c, kCount, 10, 7), 1e-5);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, FusedNormCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
