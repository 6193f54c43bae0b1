// Batch normalization in two halves. All batch norms over one channel see the
// same mean and variance, so its producer computes them once, and each consumer
// only applies its own gamma and beta. (Jung et al., "Restructuring Batch
// Normalization to Accelerate CNN Training", MLSys 2019, split it so; that the
// consumers of a dense block share is what a DenseNet adds.)
//
// Statistics of a value of C channels travel as a value of shape [1, C, 2]: of
// each channel the mean and the biased variance over its m elements.
//
//   forward, a consumer:  y = scale * x + shift,  scale = gamma * inv_std,
//                         shift = beta - mean * scale
//
// Backward is linear in the gradients, so consumers only collect
//
//   g      += gamma * dy                   in the gradient of x
//   sum_g  += sum(gamma * dy)              in the gradient of the statistics,
//   sum_gx += sum(gamma * dy * x_hat)      also [1, C, 2]
//
// and the producer finishes once per channel:
//
//   dx = inv_std * (g - sum_g / m - x_hat * sum_gx / m) = p * g + q * x + r
//
// A consumer that is the only one knows both sums itself, and may finish.
//
// Running statistics, each consumer's own, follow those of the batches with the
// fraction f in one of two ways:
//
//   moving average  running = f * running + (1 - f) * batch
//   weighted mean   running = (f * weight * running + batch) / (f * weight + 1)
//                   weight  = f * weight + 1
//
// The second is Caffe's, which keeps the sums weight * running instead: the
// batch k steps ago weighs f^k, and weight, 0 at first, is the sum of that.

#ifndef TAMP_KERNELS_SHARED_STATISTICS_H_
#define TAMP_KERNELS_SHARED_STATISTICS_H_

#include <cmath>
#include <cstdint>

#include "core/host_device.h"

namespace tamp {

TAMP_HOST_DEVICE inline double InverseDeviation(double variance, double eps) {
  return 1 / std::sqrt(variance + eps);
}

// How a consumer normalizes one channel.
struct NormTerms {
  double scale, shift;
};

TAMP_HOST_DEVICE inline NormTerms NormTermsOf(double mean, double variance,
                                              double eps, double gamma,
                                              double beta) {
  const double scale = gamma * InverseDeviation(variance, eps);
  return {scale, beta - mean * scale};
}

// How a producer finishes the gradient of one channel of `count` elements.
struct GradientTerms {
  double p, q, r;
};

TAMP_HOST_DEVICE inline GradientTerms GradientTermsOf(
    double mean, double inv_std, double sum_g, double sum_gx, double count) {
  const double q = -inv_std * inv_std * sum_gx / count;
  return {inv_std, q, -inv_std * sum_g / count - q * mean};
}

// What the old running statistics and the batch's count for in the new ones.
struct RunningShares {
  double old, batch;
};

// Of one step. A weight that is null makes a moving average; else it is brought
// up to date: once for all channels of a batch norm.
template <typename T>
TAMP_HOST_DEVICE RunningShares NextRunningShares(double f, T* weight) {
  if (weight == nullptr) return {f, 1 - f};
  const double kept = f * *weight;
  *weight = static_cast<T>(kept + 1);
  return {kept / (kept + 1), 1 / (kept + 1)};
}

// Moves the running statistics of a channel of `count` elements toward those
// of the batch; the running variance is the unbiased one.
template <typename T>
TAMP_HOST_DEVICE void UpdateRunningStatistics(RunningShares shares,
                                              double count, double mean,
                                              double variance, T* running_mean,
                                              T* running_variance) {
  const double unbiased = count > 1 ? variance * count / (count - 1) : variance;
  *running_mean =
      static_cast<T>(shares.old * *running_mean + shares.batch * mean);
  *running_variance =
      static_cast<T>(shares.old * *running_variance + shares.batch * unbiased);
}

}  // namespace tamp

#endif  // TAMP_KERNELS_SHARED_STATISTICS_H_
