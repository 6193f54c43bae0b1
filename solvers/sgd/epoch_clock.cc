#include "solvers/sgd/epoch_clock.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/check.h"

namespace tamp {
namespace {

constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();

}  // namespace

EpochClock::EpochClock(int64_t num_samples, int64_t samples_per_iteration)
    : num_samples_(num_samples), samples_per_iteration_(samples_per_iteration) {
  CHECK_GT(num_samples, 0);
  CHECK_GT(samples_per_iteration, 0);
}

int64_t EpochClock::EpochOf(int64_t iteration) const {
  return static_cast<int64_t>(static_cast<__int128>(iteration) *
                              samples_per_iteration_ / num_samples_);
}

int64_t EpochClock::FirstIteration(int64_t epoch) const {
  const __int128 samples = static_cast<__int128>(epoch) * num_samples_;
  const __int128 iterations =
      (samples + samples_per_iteration_ - 1) / samples_per_iteration_;
  return static_cast<int64_t>(std::min<__int128>(iterations, kLargest));
}

int64_t EpochClock::Iterations(double epochs) const {
  const double iterations = std::ceil(
      epochs * static_cast<double>(num_samples_) / samples_per_iteration_);
  return iterations < static_cast<double>(kLargest)
             ? static_cast<int64_t>(iterations)
             : kLargest;
}

}  // namespace tamp
