// Cases for tests of the convolution of a dense layer, and how the CPU kernel
// is held against the reference in one.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_CASES_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_CASES_H_

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "gtest/gtest.h"
#include "kernels/bf16.h"
#include "kernels/grad_mode.h"
#include "layers/fused_convolution/fused_convolution_cpu.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_convolution/fused_convolution_reference.h"
#include "layers/fused_convolution/fused_convolution_test_problem.h"
#include "tests/util/tensor_matchers.h"

namespace tamp {

inline FusedConvolutionOptions Options(int64_t num, int64_t channels,
                                       int64_t height, int64_t width,
                                       int64_t num_output, int64_t kernel) {
  FusedConvolutionOptions options;
  options.num = num;
  options.channels = channels;
  options.height = height;
  options.width = width;
  options.num_output = num_output;
  options.kernel = kernel;
  return options;
}

inline FusedConvolutionOptions WithFlags(FusedConvolutionOptions options,
                                         bool normalizes, bool pools,
                                         bool drops, bool has_statistics) {
  options.normalizes = normalizes;
  options.pools = pools;
  options.drops = drops;
  options.has_statistics = has_statistics;
  return options;
}

// Bytes of workspace with NaNs in it and canaries behind it, at an address that
// is aligned to 4 bytes only.
class Workspace {
 public:
  explicit Workspace(int64_t bytes)
      : size_((bytes + 3) / 4),
        memory_(size_ + 1 + kCanaries, FusedConvolutionProblem<float>::kNan) {
    for (int i = 0; i < kCanaries; ++i) memory_[1 + size_ + i] = kCanary;
  }
  void* data() { return memory_.data() + 1; }
  bool BoundsAreRespected() const {
    for (int i = 0; i < kCanaries; ++i) {
      if (memory_[1 + size_ + i] != kCanary) return false;
    }
    return true;
  }

 private:
  static constexpr int kCanaries = 64;
  static constexpr float kCanary = -12345.5f;
  int64_t size_;
  std::vector<float> memory_;
};

inline void RunForward(FusedConvolutionKernel* kernel,
                       FusedConvolutionProblem<float>* problem) {
  Workspace workspace(kernel->forward_workspace_bytes());
  kernel->Forward(problem->forward_args(workspace.data()));
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

inline void RunBackward(FusedConvolutionKernel* kernel,
                        FusedConvolutionProblem<float>* problem) {
  Workspace workspace(kernel->backward_workspace_bytes());
  kernel->Backward(problem->backward_args(workspace.data()));
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

constexpr double kEpsilons = 64;

inline void ExpectForwardEqual(FusedConvolutionProblem<float>* actual,
                               FusedConvolutionProblem<float>* expected) {
  EXPECT_TRUE(AllClose(actual->y.tensor().ToVector(),
                       expected->y.tensor().ToVector(), kEpsilons));
  EXPECT_TRUE(actual->y.tensor().PaddingIsUntouched());
  if (!actual->options.has_statistics) return;
  for (size_t k = 0; k < expected->y_mean.size(); ++k) {
    const float deviation = std::sqrt(expected->y_variance[k]);
    EXPECT_NEAR(actual->y_mean[k], expected->y_mean[k],
                kEpsilons * std::numeric_limits<float>::epsilon() *
                    (std::fabs(expected->y_mean[k]) + deviation));
  }
  EXPECT_TRUE(AllClose(actual->y_variance, expected->y_variance, kEpsilons));
}

inline void ExpectBackwardEqual(FusedConvolutionProblem<float>* actual,
                                FusedConvolutionProblem<float>* expected) {
  if (actual->dx_mode != GradMode::kSkip) {
    EXPECT_TRUE(AllClose(actual->dx.tensor().ToVector(),
                         expected->dx.tensor().ToVector(), kEpsilons));
    EXPECT_TRUE(actual->dx.tensor().PaddingIsUntouched());
  }
  if (actual->dw_mode != GradMode::kSkip) {
    EXPECT_TRUE(AllClose(actual->dw, expected->dw, kEpsilons));
  }
  if (!actual->options.normalizes || !actual->wants_norm_grads) return;
  EXPECT_TRUE(AllClose(actual->dgamma, expected->dgamma, kEpsilons));
  EXPECT_TRUE(AllClose(actual->dbeta, expected->dbeta, kEpsilons));
}

struct Case {
  FusedConvolutionOptions options;
  MapOrder layout = MapOrder::kDense;
  GradMode dx_mode = GradMode::kWrite, dw_mode = GradMode::kWrite;
  bool wants_norm_grads = true;
};

inline std::string Describe(const Case& c) {
  const FusedConvolutionOptions& o = c.options;
  std::string text =
      std::to_string(o.num) + "x" + std::to_string(o.channels) + "x" +
      std::to_string(o.height) + "x" + std::to_string(o.width) + " to " +
      std::to_string(o.num_output) + " kernel " + std::to_string(o.kernel);
  if (o.gathers) {
    text +=
        " stride " + std::to_string(o.stride) + " pad " + std::to_string(o.pad);
  }
  if (o.normalizes) text += " normalizes";
  if (o.pools) text += " pools";
  if (o.drops) text += " drops";
  if (o.has_statistics) text += " statistics";
  if (o.shifts_output) text += " shifts";
  if (o.rectifies_output) text += " rectifies";
  if (o.precision == ProductPrecision::kBf16) text += " bf16";
  return text + " layout " + std::to_string(int(c.layout)) + " modes " +
         std::to_string(int(c.dx_mode)) + std::to_string(int(c.dw_mode)) +
         std::to_string(c.wants_norm_grads);
}

// Holds the CPU kernel against the reference.
inline void CheckCase(const Case& c, int num_threads = 1) {
  SCOPED_TRACE(Describe(c));
  CpuDevice device(num_threads);
  const auto kernel = MakeFusedConvolutionCpu(c.options, device).value();
  FusedConvolutionProblem<float> actual(c.options, c.layout);
  FusedConvolutionProblem<float> expected(c.options, c.layout);
  RunForward(kernel.get(), &actual);
  FusedConvolutionForwardReference(c.options, expected.forward_args());
  ExpectForwardEqual(&actual, &expected);

  if (c.options.precision == ProductPrecision::kBf16) {
    RandomStream random(6);  // dY is exact, see FusedConvolutionProblem
    expected.y.tensor().FromVector(
        RandomGrid<float>(expected.y.tensor().shape().num_elements(), &random));
  }
  actual.y.tensor().FromVector(expected.y.tensor().ToVector());
  actual.set_modes(c.dx_mode, c.dw_mode);
  expected.set_modes(c.dx_mode, c.dw_mode);
  actual.wants_norm_grads = expected.wants_norm_grads = c.wants_norm_grads;
  RunBackward(kernel.get(), &actual);
  FusedConvolutionBackwardReference(c.options, expected.backward_args());
  ExpectBackwardEqual(&actual, &expected);
}

// One of everything, drawn from a seed.
inline Case RandomCase(uint64_t seed) {
  RandomStream random(seed);
  const auto pick = [&](uint32_t low, uint32_t high) {
    return int64_t{low} + random.UniformInt(high - low + 1);
  };
  Case c;
  const bool is_small = pick(0, 2) != 0;
  c.options = Options(pick(1, 5), pick(1, 70), pick(2, is_small ? 17 : 57),
                      pick(2, is_small ? 17 : 40), pick(1, is_small ? 70 : 12),
                      pick(0, 1) ? 3 : 1);
  c.options =
      WithFlags(c.options, pick(0, 3) != 0, c.options.kernel == 1 && pick(0, 1),
                pick(0, 1), pick(0, 1));
  c.layout = static_cast<MapOrder>(pick(0, 2));
  c.dx_mode = static_cast<GradMode>(pick(0, 2));
  c.dw_mode = static_cast<GradMode>(pick(0, 2));
  c.wants_norm_grads = c.dx_mode != GradMode::kSkip || pick(0, 1);
  return c;
}

// A convolution of images, any kernel, drawn from a seed.
inline Case RandomGatheringCase(uint64_t seed) {
  RandomStream random(seed);
  const auto pick = [&](uint32_t low, uint32_t high) {
    return int64_t{low} + random.UniformInt(high - low + 1);
  };
  Case c;
  c.options = Options(pick(1, 4), pick(1, 4), pick(7, 40), pick(7, 90),
                      pick(1, 70), pick(1, 7));
  c.options.gathers = true;
  c.options.stride = pick(1, 4);
  c.options.pad = pick(0, c.options.kernel - 1);
  c.options.drops = pick(0, 1);
  c.options.has_statistics = pick(0, 1);
  c.layout = static_cast<MapOrder>(pick(0, 2));
  c.dx_mode = GradMode::kSkip;
  c.dw_mode = static_cast<GradMode>(pick(0, 2));
  return c;
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_CASES_H_
