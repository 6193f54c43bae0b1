// The batch norm of fused kernels, and the statistics of what they write, in
// plain loops: the definition that fast kernels are held against. Sums run in
// double.

#ifndef TAMP_KERNELS_FUSED_NORM_REFERENCE_H_
#define TAMP_KERNELS_FUSED_NORM_REFERENCE_H_

#include <cmath>
#include <cstdint>

#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

// Moves the running statistics toward those of the batch, whose channels have
// `count` elements.
template <typename T>
void UpdateRunningReference(const FusedNormForwardArgs<T>& norm,
                            int64_t channels, double count) {
  double share = 1 - double{norm.moving_average_fraction};  // of the batch
  if (norm.running_weight != nullptr) {
    const double weight =
        double{norm.moving_average_fraction} * *norm.running_weight + 1;
    share = 1 / weight;
    *norm.running_weight = T(weight);
  }
  for (int64_t c = 0; c < channels; ++c) {
    const double mean = norm.statistics[2 * c];
    const double variance = norm.statistics[2 * c + 1];
    const double unbiased =
        count > 1 ? variance * count / (count - 1) : variance;
    norm.running_mean[c] = T((1 - share) * norm.running_mean[c] + share * mean);
    norm.running_variance[c] =
        T((1 - share) * norm.running_variance[c] + share * unbiased);
  }
}

// Updates the running statistics and writes the terms.
template <typename T>
void PrepareFusedNormReference(const FusedNormForwardArgs<T>& norm,
                               int64_t channels, int64_t count) {
  const FusedNormTerms<T> terms = FusedNormTermsAt(norm.terms, channels);
  for (int64_t c = 0; c < channels; ++c) {
    double mean = norm.running_mean[c], variance = norm.running_variance[c];
    if (norm.statistics != nullptr) {
      mean = norm.statistics[2 * c];
      variance = norm.statistics[2 * c + 1];
    }
    const double inv_std = 1 / std::sqrt(variance + double{norm.eps});
    terms.scale[c] = T(norm.gamma[c] * inv_std);
    terms.shift[c] = T(norm.beta[c] - mean * norm.gamma[c] * inv_std);
    terms.mean[c] = T(mean);
    terms.inv_std[c] = T(inv_std);
  }
  if (norm.statistics == nullptr || norm.is_recomputation) return;
  UpdateRunningReference(norm, channels, double(count));
}

template <typename T>
void StoreFusedNormGradsReference(const FusedNormBackwardArgs<T>& norm,
                                  int64_t channel, double dgamma,
                                  double dbeta) {
  const auto store = [](GradMode mode, double value, T* array, int64_t i) {
    if (mode != GradMode::kSkip) StoreGrad(mode, T(value), array + i);
  };
  const double gamma = norm.gamma[channel];
  store(norm.dgamma_mode, dgamma, norm.dgamma, channel);
  store(norm.dbeta_mode, dbeta, norm.dbeta, channel);
  store(norm.statistics_grad_mode, gamma * dbeta, norm.statistics_grad,
        2 * channel);
  store(norm.statistics_grad_mode, gamma * dgamma, norm.statistics_grad,
        2 * channel + 1);
}

// Of channel c of y, over images and the `size` elements of a map.
template <typename T>
void OutputStatisticsReference(const Strided<T>& y, int64_t num, int64_t size,
                               int64_t c, T* statistics) {
  const double count = double(num) * double(size);
  double sum = 0, squares = 0;
  for (int64_t n = 0; n < num; ++n) {
    for (int64_t i = 0; i < size; ++i) sum += y.at(n, c)[i];
  }
  const double mean = sum / count;
  for (int64_t n = 0; n < num; ++n) {
    for (int64_t i = 0; i < size; ++i) {
      const double deviation = y.at(n, c)[i] - mean;
      squares += deviation * deviation;
    }
  }
  statistics[2 * c] = T(mean);
  statistics[2 * c + 1] = T(squares / count);
}

// The gradient of an element of y, whose channels have `count` elements:
// batch normalization's inv_std * (g - sum_g / m - y_hat * sum_gy / m).
template <typename T>
double FinishedGradReference(const FinishingArgs<T>& finishing, int64_t channel,
                             double count, double g, double y) {
  const double mean = finishing.statistics[2 * channel];
  const double variance = finishing.statistics[2 * channel + 1];
  const double inv_std = 1 / std::sqrt(variance + double{finishing.eps});
  const double y_hat = (y - mean) * inv_std;
  const double sum_g = finishing.statistics_grad[2 * channel];
  const double sum_gy = finishing.statistics_grad[2 * channel + 1];
  return inv_std * (g - sum_g / count - y_hat * sum_gy / count);
}

}  // namespace tamp

#endif  // TAMP_KERNELS_FUSED_NORM_REFERENCE_H_
