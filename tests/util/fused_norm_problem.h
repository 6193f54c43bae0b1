// What tests of the fused rooms share of a problem: maps before and behind the
// kernel and their gradients, the batch norm of x and the statistics of y.
//
// The numbers are such that the terms that kernels make of them are exact in
// float: float and double agree on the mask of ReLU, and on what is rounded to
// bfloat16.

#ifndef TAMP_TESTS_UTIL_FUSED_NORM_PROBLEM_H_
#define TAMP_TESTS_UTIL_FUSED_NORM_PROBLEM_H_

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_maps.h"

namespace tamp {

template <typename T>
class FusedNormProblem {
 public:
  static constexpr T kNan = std::numeric_limits<T>::quiet_NaN();
  static constexpr float kEps = 1.0f / 64;  // of both norms

  FusedNormProblem(const Shape& x_shape, const Shape& y_shape, MapOrder order,
                   uint64_t seed)
      : x(MapsOf(x_shape, order)),
        y(MapsOf(y_shape, order)),
        g(MapsOf(y_shape, order)),
        dx(MapsOf(x_shape, order)),
        random_(seed),
        y_count_(y_shape.num() * y_shape.spatial()) {
    const int64_t channels = x_shape.channels();
    gamma = RandomGrid<T>(channels, &random_);
    beta = RandomGrid<T>(channels, &random_);
    // A product has at most 13 binary places: the sum with beta is never 0.
    for (T& value : beta) value += T(1.0 / (1 << 14));
    statistics = ExactStatistics(channels);
    running_mean = RandomGrid<T>(channels, &random_);
    for (int64_t c = 0; c < channels; ++c) {
      running_variance.push_back(statistics[2 * channels - 1 - 2 * c]);
    }
    terms.assign(NumFusedNormTerms(channels), kNan);
    dgamma.resize(channels);
    dbeta.resize(channels);
    statistics_grad.resize(2 * channels);
    y_statistics.assign(2 * y_shape.channels(), kNan);
    set_norm_modes(GradMode::kWrite, GradMode::kWrite, GradMode::kWrite);
    y.tensor().Fill(kNan);
    dx.tensor().Fill(kNan);
    MakeOutputStatisticsGrad();
  }

  FusedNormForwardArgs<T> norm_args() {
    FusedNormForwardArgs<T> args;
    if (!uses_running_statistics) args.statistics = statistics.data();
    args.gamma = gamma.data();
    args.beta = beta.data();
    args.running_mean = running_mean.data();
    args.running_variance = running_variance.data();
    if (has_running_weight) args.running_weight = running_weight.data();
    args.moving_average_fraction = 0.75f;
    args.eps = kEps;
    args.is_recomputation = is_recomputation;
    args.terms = terms.data();
    return args;
  }

  FusedNormBackwardArgs<T> norm_grad_args() {
    FusedNormBackwardArgs<T> args;
    args.gamma = gamma.data();
    args.terms = terms.data();
    if (dgamma_mode != GradMode::kSkip) args.dgamma = dgamma.data();
    args.dgamma_mode = dgamma_mode;
    if (dbeta_mode != GradMode::kSkip) args.dbeta = dbeta.data();
    args.dbeta_mode = dbeta_mode;
    args.statistics_grad_mode = statistics_grad_mode;
    if (statistics_grad_mode != GradMode::kSkip) {
      args.statistics_grad = statistics_grad.data();
    }
    return args;
  }

  FinishingArgs<T> finishing_args() const {
    return {y_statistics.data(), y_statistics_grad.data(), kEps};
  }

  // Replaces what Forward made, so that p, q and r are exact.
  void MakeOutputStatisticsExact() {
    y_statistics = ExactStatistics(y_statistics.size() / 2);
  }

  void set_norm_modes(GradMode gamma_mode, GradMode beta_mode,
                      GradMode statistics_mode) {
    const auto start = [](GradMode mode, std::vector<T>* grad) {
      grad->assign(grad->size(), mode == GradMode::kAdd ? T(-0.25) : kNan);
      return mode;
    };
    dgamma_mode = start(gamma_mode, &dgamma);
    dbeta_mode = start(beta_mode, &dbeta);
    statistics_grad_mode = start(statistics_mode, &statistics_grad);
  }

  void set_dx_mode(GradMode mode) {
    dx_mode = mode;
    if (mode == GradMode::kAdd) dx.tensor().Fill(T(0.5));
  }

  // Calls function(std::vector<T>*) for all memory of the problem.
  template <typename Function>
  void ForEachArray(Function function) {
    for (TestMaps<T>* maps : {&x, &y, &g, &dx}) {
      function(&maps->tensor().memory());
    }
    for (std::vector<T>* array :
         {&gamma, &beta, &statistics, &running_mean, &running_variance,
          &running_weight, &terms, &dgamma, &dbeta, &statistics_grad,
          &y_statistics, &y_statistics_grad}) {
      function(array);
    }
  }

  TestMaps<T> x, y, g, dx;
  std::vector<T> gamma, beta, statistics;
  std::vector<T> running_mean, running_variance, running_weight = {T(2.5)};
  std::vector<T> terms, dgamma, dbeta, statistics_grad;
  std::vector<T> y_statistics, y_statistics_grad;
  bool uses_running_statistics = false;
  bool has_running_weight = false;
  bool is_recomputation = false;
  GradMode dx_mode = GradMode::kWrite;
  GradMode dgamma_mode, dbeta_mode, statistics_grad_mode;

 protected:
  RandomStream& random() { return random_; }

 private:
  static TestMaps<T> MapsOf(const Shape& shape, MapOrder order) {
    return {shape.num(), shape.channels(), shape.dim(2), shape.dim(3), order};
  }

  // The deviation, with kEps, is 1/2, 1 or 2.
  std::vector<T> ExactStatistics(int64_t channels) {
    std::vector<T> values = RandomGrid<T>(2 * channels, &random_);
    for (int64_t c = 0; c < channels; ++c) {
      values[2 * c + 1] = T(std::pow(4, int(random_.UniformInt(3)) - 1) - kEps);
    }
    return values;
  }

  void MakeOutputStatisticsGrad() {
    y_statistics_grad = RandomGrid<T>(y_statistics.size(), &random_);
    for (T& value : y_statistics_grad) value *= T(y_count_);
  }

  RandomStream random_;
  const int64_t y_count_;  // elements of a channel of y
};

// What Forward leaves of the norm of x.
inline void ExpectNormEqual(const FusedNormProblem<float>& actual,
                            const FusedNormProblem<float>& expected) {
  EXPECT_EQ(actual.terms, expected.terms);
  EXPECT_TRUE(AllClose(actual.running_mean, expected.running_mean, 4));
  EXPECT_TRUE(AllClose(actual.running_variance, expected.running_variance, 4));
  EXPECT_TRUE(AllClose(actual.running_weight, expected.running_weight, 4));
}

// Statistics of y, in epsilons of what y's own rounding may change. Variances
// are compared in the Euclidean norm.
inline void ExpectStatisticsEqual(const FusedNormProblem<float>& actual,
                                  const FusedNormProblem<float>& expected,
                                  double epsilons) {
  const double tolerance = epsilons * std::numeric_limits<float>::epsilon();
  std::vector<double> errors, bounds;
  for (size_t i = 0; i < expected.y_statistics.size(); i += 2) {
    const double mean = expected.y_statistics[i];
    const double variance = expected.y_statistics[i + 1];
    const double size = std::fabs(mean) + std::sqrt(variance);
    EXPECT_NEAR(actual.y_statistics[i], mean, tolerance * size);
    errors.push_back(actual.y_statistics[i + 1] - variance);
    bounds.push_back(size * std::sqrt(variance));
  }
  EXPECT_LE(Norm(errors), tolerance * Norm(bounds));
}

inline void ExpectNormGradsEqual(const FusedNormProblem<float>& actual,
                                 const FusedNormProblem<float>& expected,
                                 double epsilons) {
  const auto expect_equal = [&](GradMode mode, const std::vector<float>& a,
                                const std::vector<float>& b) {
    if (mode == GradMode::kSkip) return;
    EXPECT_TRUE(AllClose(a, b, epsilons));
  };
  expect_equal(actual.dgamma_mode, actual.dgamma, expected.dgamma);
  expect_equal(actual.dbeta_mode, actual.dbeta, expected.dbeta);
  expect_equal(actual.statistics_grad_mode, actual.statistics_grad,
               expected.statistics_grad);
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_FUSED_NORM_PROBLEM_H_
