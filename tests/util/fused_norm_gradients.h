// Gradient check of fused kernels' references, in double: the statistics of x
// follow x, and what Backward leaves in their gradient is part of x's. So the
// contracts of both directions between rooms are checked as well.

#ifndef TAMP_TESTS_UTIL_FUSED_NORM_GRADIENTS_H_
#define TAMP_TESTS_UTIL_FUSED_NORM_GRADIENTS_H_

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/shape.h"
#include "kernels/fused_norm.h"
#include "kernels/fused_norm_reference.h"
#include "kernels/strided.h"
#include "tests/util/fused_norm_problem.h"
#include "tests/util/gradient_check.h"
#include "tests/util/test_tensor.h"

namespace tamp {

struct FusedNormChecks {
  bool normalizes = true;      // x
  bool has_statistics = true;  // of y
  bool finishes_input = false;
  std::function<void()> forward, backward;  // of the problem
};

// sum(c * y_hat) with y_hat = y normalized by its own statistics, or y where it
// has none; c is what the problem has as g. REQUIRES: maps are dense.
class FusedNormObjective {
 public:
  FusedNormObjective(FusedNormProblem<double>* problem, FusedNormChecks checks)
      : problem_(*problem), checks_(checks) {}

  // Also leaves the gradient of y's statistics for the backward kernel.
  double operator()() {
    if (checks_.normalizes) TakeInputStatistics();
    checks_.forward();
    const Shape& shape = problem_.y.tensor().shape();
    const double eps = problem_.kEps;
    double objective = 0;
    for (int64_t k = 0; k < shape.channels(); ++k) {
      double mean = 0, inv_std = 1;
      if (checks_.has_statistics) {
        mean = problem_.y_statistics[2 * k];
        inv_std = 1 / std::sqrt(problem_.y_statistics[2 * k + 1] + eps);
      }
      double sum = 0, products = 0;
      for (int64_t n = 0; n < shape.num(); ++n) {
        for (int64_t s = 0; s < shape.spatial(); ++s) {
          const double c = problem_.g.strided().at(n, k)[s];
          sum += c;
          products += c * (problem_.y.strided().at(n, k)[s] - mean) * inv_std;
        }
      }
      objective += products;
      problem_.y_statistics_grad[2 * k] = sum;
      problem_.y_statistics_grad[2 * k + 1] = products;
    }
    return objective;
  }

 private:
  void TakeInputStatistics() {
    const Shape& shape = problem_.x.tensor().shape();
    const double count = double(shape.num() * shape.spatial());
    for (int64_t c = 0; c < shape.channels(); ++c) {
      double sum = 0, squares = 0;
      for (int64_t n = 0; n < shape.num(); ++n) {
        for (int64_t s = 0; s < shape.spatial(); ++s) {
          const double x = problem_.x.strided().at(n, c)[s];
          sum += x;
          squares += x * x;
        }
      }
      const double mean = sum / count;
      problem_.statistics[2 * c] = mean;
      problem_.statistics[2 * c + 1] = squares / count - mean * mean;
    }
  }

  FusedNormProblem<double>& problem_;
  const FusedNormChecks checks_;
};

// The gradient of x, with what passes through its statistics: from what
// Backward left.
inline std::vector<double> WholeInputGradient(
    FusedNormProblem<double>* problem) {
  const Shape& shape = problem->x.tensor().shape();
  const FinishingArgs<double> finishing = {problem->statistics.data(),
                                           problem->statistics_grad.data(),
                                           problem->kEps};
  const double count = double(shape.num() * shape.spatial());
  std::vector<double> whole;
  for (int64_t n = 0; n < shape.num(); ++n) {
    for (int64_t c = 0; c < shape.channels(); ++c) {
      for (int64_t s = 0; s < shape.spatial(); ++s) {
        whole.push_back(FinishedGradReference(
            finishing, c, count, problem->dx.strided().at(n, c)[s],
            problem->x.strided().at(n, c)[s]));
      }
    }
  }
  return whole;
}

// Holds dx, dgamma and dbeta against differences.
inline void CheckFusedNormGradients(FusedNormProblem<double>* problem,
                                    const FusedNormChecks& checks) {
  FusedNormObjective objective(problem, checks);
  objective();
  checks.backward();
  TestTensor<double> dx(problem->dx.tensor().shape());
  dx.FromVector(checks.normalizes && !checks.finishes_input
                    ? WholeInputGradient(problem)
                    : problem->dx.tensor().ToVector());
  const auto run = [&] { return objective(); };
  CheckGradient(run, &problem->x.tensor(), &dx);
  if (!checks.normalizes) return;
  CheckGradient(run, &problem->gamma, problem->dgamma);
  CheckGradient(run, &problem->beta, problem->dbeta);
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_FUSED_NORM_GRADIENTS_H_
