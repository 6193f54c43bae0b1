// Cases for tests of the fused convolution, and how the CPU kernel is held
// against the reference in one.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_CASES_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_CASES_H_

#include <cstdint>
#include <string>

#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "layers/fused_convolution/fused_convolution_cpu.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_convolution/fused_convolution_reference.h"
#include "layers/fused_convolution/fused_convolution_test_problem.h"
#include "tests/util/fused_norm_problem.h"
#include "tests/util/kernel_workspace.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_maps.h"

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

inline void RunForward(FusedConvolutionKernel* kernel,
                       FusedConvolutionProblem<float>* problem) {
  KernelWorkspace workspace(kernel->forward_workspace_bytes());
  kernel->Forward(problem->forward_args(workspace.data()));
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

inline void RunBackward(FusedConvolutionKernel* kernel,
                        FusedConvolutionProblem<float>* problem) {
  KernelWorkspace workspace(kernel->backward_workspace_bytes());
  kernel->Backward(problem->backward_args(workspace.data()));
  EXPECT_TRUE(workspace.BoundsAreRespected());
}

constexpr double kEpsilons = 64;

inline void ExpectForwardEqual(FusedConvolutionProblem<float>* actual,
                               FusedConvolutionProblem<float>* expected) {
  EXPECT_TRUE(AllClose(actual->y.tensor().ToVector(),
                       expected->y.tensor().ToVector(), kEpsilons));
  EXPECT_TRUE(actual->y.tensor().PaddingIsUntouched());
  if (actual->options.normalizes) ExpectNormEqual(*actual, *expected);
  if (!actual->options.has_statistics) return;
  ExpectStatisticsEqual(*actual, *expected, kEpsilons);
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
  if (!actual->options.normalizes) return;
  ExpectNormGradsEqual(*actual, *expected, kEpsilons);
}

struct Case {
  FusedConvolutionOptions options;
  MapOrder layout = MapOrder::kDense;
  GradMode dx_mode = GradMode::kWrite, dw_mode = GradMode::kWrite;
  GradMode dgamma_mode = GradMode::kWrite, dbeta_mode = GradMode::kWrite;
  GradMode statistics_grad_mode = GradMode::kWrite;
  bool uses_running_statistics = false;
  bool has_running_weight = false;
  bool is_recomputation = false;

  void SetUpForward(FusedConvolutionProblem<float>* problem) const {
    problem->uses_running_statistics = uses_running_statistics;
    problem->has_running_weight = has_running_weight;
    problem->is_recomputation = is_recomputation;
  }
  void SetUpBackward(FusedConvolutionProblem<float>* problem) const {
    problem->set_dx_mode(dx_mode);
    problem->set_dw_mode(dw_mode);
    problem->set_norm_modes(dgamma_mode, dbeta_mode, statistics_grad_mode);
    problem->MakeOutputStatisticsExact();
  }
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
         std::to_string(int(c.dgamma_mode)) +
         std::to_string(int(c.dbeta_mode)) +
         std::to_string(int(c.statistics_grad_mode)) +
         (c.uses_running_statistics ? " by running statistics" : "") +
         (c.has_running_weight ? " weighted" : "") +
         (c.is_recomputation ? " again" : "");
}

// Holds the CPU kernel against the reference.
inline void CheckCase(const Case& c, int num_threads = 1) {
  SCOPED_TRACE(Describe(c));
  CpuDevice device(num_threads);
  const auto kernel = MakeFusedConvolutionCpu(c.options, device).value();
  FusedConvolutionProblem<float> actual(c.options, c.layout);
  FusedConvolutionProblem<float> expected(c.options, c.layout);
  c.SetUpForward(&actual);
  c.SetUpForward(&expected);
  RunForward(kernel.get(), &actual);
  FusedConvolutionForwardReference(c.options, expected.forward_args());
  ExpectForwardEqual(&actual, &expected);

  c.SetUpBackward(&actual);
  c.SetUpBackward(&expected);
  if (c.options.precision == ProductPrecision::kBf16) {
    expected.FillGrid(&expected.y);  // dY is exact
  }
  actual.y.tensor().FromVector(expected.y.tensor().ToVector());
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
  c.dgamma_mode = static_cast<GradMode>(pick(0, 2));
  c.dbeta_mode = static_cast<GradMode>(pick(0, 2));
  c.statistics_grad_mode = static_cast<GradMode>(pick(0, 2));
  c.uses_running_statistics = pick(0, 3) == 0;
  c.has_running_weight = pick(0, 1);
  c.is_recomputation = pick(0, 3) == 0;
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
