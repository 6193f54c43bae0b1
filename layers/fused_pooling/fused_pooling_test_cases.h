// Cases for tests of a pooling with its batch norm, and how what a kernel makes
// of one is held against the reference.

#ifndef TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_TEST_CASES_H_
#define TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_TEST_CASES_H_

#include <algorithm>
#include <cstdint>
#include <string>

#include "core/rng.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "kernels/pooling_axis.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"
#include "layers/fused_pooling/fused_pooling_test_problem.h"
#include "tests/util/fused_norm_problem.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_maps.h"
#include "tests/util/test_tensor.h"

namespace tamp {

constexpr double kEpsilons = 32;

inline void ExpectForwardEqual(FusedPoolingProblem<float>* actual,
                               FusedPoolingProblem<float>* expected) {
  EXPECT_TRUE(AllClose(actual->y.tensor().ToVector(),
                       expected->y.tensor().ToVector(), kEpsilons));
  EXPECT_TRUE(actual->y.tensor().PaddingIsUntouched());
  ExpectNormEqual(*actual, *expected);
  if (!actual->options.has_statistics) return;
  ExpectStatisticsEqual(*actual, *expected, kEpsilons);
}

inline void ExpectBackwardEqual(FusedPoolingProblem<float>* actual,
                                FusedPoolingProblem<float>* expected) {
  if (actual->dx_mode != GradMode::kSkip) {
    TestTensor<float>& dx = actual->dx_maps().tensor();
    EXPECT_TRUE(
        AllClose(dx.ToVector(), expected->dx.tensor().ToVector(), kEpsilons));
    EXPECT_TRUE(dx.PaddingIsUntouched());
  }
  ExpectNormGradsEqual(*actual, *expected, kEpsilons);
}

struct Case {
  FusedPoolingOptions options;
  MapOrder layout = MapOrder::kDense;
  GradMode dx_mode = GradMode::kWrite;
  bool overwrites_x = false;
  GradMode dgamma_mode = GradMode::kWrite, dbeta_mode = GradMode::kWrite;
  GradMode statistics_grad_mode = GradMode::kWrite;
  bool uses_running_statistics = false;
  bool has_running_weight = false;
  bool is_recomputation = false;

  void SetUpForward(FusedPoolingProblem<float>* problem) const {
    problem->uses_running_statistics = uses_running_statistics;
    problem->has_running_weight = has_running_weight;
    problem->is_recomputation = is_recomputation;
  }
  void SetUpBackward(FusedPoolingProblem<float>* problem) const {
    problem->set_dx_mode(dx_mode);
    problem->set_norm_modes(dgamma_mode, dbeta_mode, statistics_grad_mode);
    problem->MakeOutputStatisticsExact();
  }
};

inline std::string Describe(const PoolingAxis& axis) {
  return std::to_string(axis.extent) + " kernel " +
         std::to_string(axis.kernel) + " pad " + std::to_string(axis.pad) +
         " stride " + std::to_string(axis.stride) +
         (axis.round_up ? " ceil" : " floor");
}

inline std::string Describe(const Case& c) {
  const FusedPoolingOptions& o = c.options;
  return std::to_string(o.num) + "x" + std::to_string(o.channels) +
         (o.method == FusedPoolingOptions::Method::kMax ? " max "
                                                        : " average ") +
         Describe(o.height) + " x " + Describe(o.width) +
         (o.has_statistics ? " statistics" : "") +
         (o.finishes_input ? " finishes" : "") +
         (c.overwrites_x ? " over x" : "") + " layout " +
         std::to_string(int(c.layout)) + " modes " +
         std::to_string(int(c.dx_mode)) + std::to_string(int(c.dgamma_mode)) +
         std::to_string(int(c.dbeta_mode)) +
         std::to_string(int(c.statistics_grad_mode)) +
         (c.uses_running_statistics ? " by running statistics" : "") +
         (c.has_running_weight ? " weighted" : "") +
         (c.is_recomputation ? " again" : "");
}

// One of everything, drawn from a seed.
inline Case RandomCase(uint64_t seed) {
  RandomStream random(seed);
  const auto pick = [&](uint32_t low, uint32_t high) {
    return int64_t{low} + random.UniformInt(high - low + 1);
  };
  const auto axis = [&](int64_t extent) {
    PoolingAxis axis;
    axis.extent = extent;
    axis.kernel = pick(1, 5) <= 4 ? pick(2, 3) : pick(1, 7);
    axis.stride = pick(1, std::min<int64_t>(axis.kernel, 4));
    axis.pad = pick(0, std::min<int64_t>(axis.kernel - 1, 3));
    axis.round_up = pick(0, 1);
    return axis;
  };
  Case c;
  const int64_t height = pick(7, 57), width = pick(7, 40);
  c.options =
      pick(0, 3) == 0
          ? AverageOptions(pick(1, 5), pick(1, 70), height, width)
          : MaxOptions(pick(1, 5), pick(1, 70), axis(height), axis(width));
  c.options.has_statistics = pick(0, 1);
  c.layout = static_cast<MapOrder>(pick(0, 2));
  c.dx_mode = static_cast<GradMode>(pick(0, 2));
  c.options.finishes_input = c.dx_mode != GradMode::kAdd && pick(0, 1) == 1;
  c.overwrites_x = c.options.finishes_input && pick(0, 1) == 1;
  c.dgamma_mode = static_cast<GradMode>(pick(0, 2));
  c.dbeta_mode = static_cast<GradMode>(pick(0, 2));
  c.statistics_grad_mode = static_cast<GradMode>(pick(0, 2));
  c.uses_running_statistics = pick(0, 3) == 0;
  c.has_running_weight = pick(0, 1);
  c.is_recomputation = pick(0, 3) == 0;
  return c;
}

// The norm of one channel changes nothing.
inline void PassThrough(FusedPoolingProblem<float>* problem) {
  problem->statistics = {0, 1 - problem->kEps};
  problem->gamma = {1};
  problem->beta = {0};
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_TEST_CASES_H_
