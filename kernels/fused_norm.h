// Arguments of kernels that normalize their input while they load it, and whose
// output has statistics that its readers share: those of fused_convolution and
// fused_pooling. Formulas in kernels/shared_statistics.h.
//
// Statistics of a value, and their gradient, have elements 2 c and 2 c + 1 for
// channel c; other arrays have one element a channel. All of them lie in the
// device's memory.
//
// No absl or protobuf here: CUDA sources include this file.

#ifndef TAMP_KERNELS_FUSED_NORM_H_
#define TAMP_KERNELS_FUSED_NORM_H_

#include <cstdint>

#include "core/host_device.h"
#include "kernels/grad_mode.h"
#include "kernels/shared_statistics.h"

namespace tamp {

// What a kernel makes of the norm of x: arrays, one behind the other.
template <typename T>
struct FusedNormTerms {
  T* scale = nullptr;
  T* shift = nullptr;
  T* mean = nullptr;
  T* inv_std = nullptr;
};

TAMP_HOST_DEVICE constexpr int64_t NumFusedNormTerms(int64_t channels) {
  return 4 * channels;
}

// All null where `terms` is.
template <typename T>
TAMP_HOST_DEVICE FusedNormTerms<T> FusedNormTermsAt(T* terms,
                                                    int64_t channels) {
  if (terms == nullptr) return {};
  return {terms, terms + channels, terms + 2 * channels, terms + 3 * channels};
}

template <typename T>
struct FusedNormForwardArgs {
  const T* statistics = nullptr;  // of x; null: the running ones serve
  const T* gamma = nullptr;
  const T* beta = nullptr;
  T* running_mean = nullptr;  // updated where statistics are given
  T* running_variance = nullptr;
  T* running_weight = nullptr;  // one element; null: a moving average
  float moving_average_fraction = 0.999f;
  float eps = 1e-5f;
  // The second Forward of a step: the running statistics stay as they are.
  bool is_recomputation = false;
  T* terms = nullptr;  // written: NumFusedNormTerms, which Backward reads
};

template <typename T>
struct FusedNormBackwardArgs {
  const T* gamma = nullptr;
  const T* terms = nullptr;  // as Forward left them
  T* dgamma = nullptr;
  GradMode dgamma_mode = GradMode::kSkip;
  T* dbeta = nullptr;
  GradMode dbeta_mode = GradMode::kSkip;
  T* statistics_grad = nullptr;  // gamma * dbeta and gamma * dgamma
  GradMode statistics_grad_mode = GradMode::kSkip;
};

// Whether anybody wants what sums over x give.
template <typename T>
TAMP_HOST_DEVICE bool WantsSums(const FusedNormBackwardArgs<T>& norm) {
  return norm.dgamma_mode != GradMode::kSkip ||
         norm.dbeta_mode != GradMode::kSkip ||
         norm.statistics_grad_mode != GradMode::kSkip;
}

// How g, which the readers of y collect, becomes the gradient of y: it is
// p * g + q * y + r.
template <typename T>
struct FinishingArgs {
  const T* statistics = nullptr;  // of y, as Forward left them; null: it is g
  const T* statistics_grad = nullptr;
  float eps = 0;
};

// What a kernel makes of them: arrays, one behind the other.
template <typename T>
struct FinishingTerms {
  T* p = nullptr;
  T* q = nullptr;
  T* r = nullptr;
};

TAMP_HOST_DEVICE constexpr int64_t NumFinishingTerms(int64_t channels) {
  return 3 * channels;
}

template <typename T>
TAMP_HOST_DEVICE FinishingTerms<T> FinishingTermsAt(T* terms,
                                                    int64_t channels) {
  if (terms == nullptr) return {};
  return {terms, terms + channels, terms + 2 * channels};
}

// The rest is what happens to one channel, the same on every device: before
// maps are worked on, and to the sums behind that.

// Whether running statistics, and their weight, move.
TAMP_HOST_DEVICE inline bool MovesRunningStatistics(
    const FusedNormForwardArgs<float>& norm) {
  return norm.statistics != nullptr && !norm.is_recomputation;
}

// Moves the channel's running statistics where that is due, and writes its
// terms. Each of `channels` channels of x has `count` elements.
TAMP_HOST_DEVICE inline void PrepareNormOfChannel(
    const FusedNormForwardArgs<float>& norm, RunningShares shares,
    int64_t channels, int64_t count, int64_t c) {
  const FusedNormTerms<float> terms = FusedNormTermsAt(norm.terms, channels);
  double mean = norm.running_mean[c];
  double variance = norm.running_variance[c];
  if (norm.statistics != nullptr) {
    mean = norm.statistics[2 * c];
    variance = norm.statistics[2 * c + 1];
  }
  if (MovesRunningStatistics(norm)) {
    UpdateRunningStatistics(shares, double(count), mean, variance,
                            norm.running_mean + c, norm.running_variance + c);
  }
  const NormTerms channel =
      NormTermsOf(mean, variance, norm.eps, norm.gamma[c], norm.beta[c]);
  terms.scale[c] = static_cast<float>(channel.scale);
  terms.shift[c] = static_cast<float>(channel.shift);
  terms.mean[c] = static_cast<float>(mean);
  terms.inv_std[c] = static_cast<float>(InverseDeviation(variance, norm.eps));
}

TAMP_HOST_DEVICE inline void StoreGradUnlessSkipped(GradMode mode, double value,
                                                    float* array, int64_t i) {
  if (mode == GradMode::kSkip) return;
  StoreGrad(mode, static_cast<float>(value), array + i);
}

// Stores what follows from the sums over the channel of x.
TAMP_HOST_DEVICE inline void StoreFusedNormGrads(
    const FusedNormBackwardArgs<float>& norm, int64_t channel, double dgamma,
    double dbeta) {
  const float gamma_sum = static_cast<float>(dgamma);
  const float beta_sum = static_cast<float>(dbeta);
  const double gamma = norm.gamma[channel];
  StoreGradUnlessSkipped(norm.dgamma_mode, gamma_sum, norm.dgamma, channel);
  StoreGradUnlessSkipped(norm.dbeta_mode, beta_sum, norm.dbeta, channel);
  StoreGradUnlessSkipped(norm.statistics_grad_mode, gamma * beta_sum,
                         norm.statistics_grad, 2 * channel);
  StoreGradUnlessSkipped(norm.statistics_grad_mode, gamma * gamma_sum,
                         norm.statistics_grad, 2 * channel + 1);
}

// Writes p, q and r of the channel of y, which has `count` elements.
// REQUIRES: finishing.statistics is not null.
TAMP_HOST_DEVICE inline void PrepareFinishingOfChannel(
    const FinishingArgs<float>& finishing, int64_t count, int64_t c,
    const FinishingTerms<float>& terms) {
  const double inv_std =
      InverseDeviation(finishing.statistics[2 * c + 1], finishing.eps);
  const GradientTerms channel = GradientTermsOf(
      finishing.statistics[2 * c], inv_std, finishing.statistics_grad[2 * c],
      finishing.statistics_grad[2 * c + 1], double(count));
  terms.p[c] = static_cast<float>(channel.p);
  terms.q[c] = static_cast<float>(channel.q);
  terms.r[c] = static_cast<float>(channel.r);
}

}  // namespace tamp

#endif  // TAMP_KERNELS_FUSED_NORM_H_
