#include "kernels/cpu/fused_norm_cpu.h"

#include "kernels/grad_mode.h"
#include "kernels/shared_statistics.h"

namespace tamp {
namespace {

void Store(GradMode mode, double value, float* array, int64_t i) {
  if (mode == GradMode::kSkip) return;
  StoreGrad(mode, static_cast<float>(value), array + i);
}

}  // namespace

void PrepareFusedNorm(const FusedNormForwardArgs<float>& norm, int64_t channels,
                      int64_t count) {
  const FusedNormTerms<float> terms = FusedNormTermsAt(norm.terms, channels);
  const bool updates = norm.statistics != nullptr && !norm.is_recomputation;
  RunningShares shares = {1, 0};
  if (updates) {
    shares =
        NextRunningShares(norm.moving_average_fraction, norm.running_weight);
  }
  for (int64_t c = 0; c < channels; ++c) {
    double mean = norm.running_mean[c];
    double variance = norm.running_variance[c];
    if (norm.statistics != nullptr) {
      mean = norm.statistics[2 * c];
      variance = norm.statistics[2 * c + 1];
    }
    if (updates) {
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
}

void StoreFusedNormGrads(const FusedNormBackwardArgs<float>& norm,
                         int64_t channel, double dgamma, double dbeta) {
  const float gamma_sum = static_cast<float>(dgamma);
  const float beta_sum = static_cast<float>(dbeta);
  const double gamma = norm.gamma[channel];
  Store(norm.dgamma_mode, gamma_sum, norm.dgamma, channel);
  Store(norm.dbeta_mode, beta_sum, norm.dbeta, channel);
  Store(norm.statistics_grad_mode, gamma * beta_sum, norm.statistics_grad,
        2 * channel);
  Store(norm.statistics_grad_mode, gamma * gamma_sum, norm.statistics_grad,
        2 * channel + 1);
}

void PrepareFinishing(const FinishingArgs<float>& finishing, int64_t channels,
                      int64_t count, const FinishingTerms<float>& terms) {
  for (int64_t c = 0; c < channels; ++c) {
    const double inv_std =
        InverseDeviation(finishing.statistics[2 * c + 1], finishing.eps);
    const GradientTerms channel = GradientTermsOf(
        finishing.statistics[2 * c], inv_std, finishing.statistics_grad[2 * c],
        finishing.statistics_grad[2 * c + 1], double(count));
    terms.p[c] = static_cast<float>(channel.p);
    terms.q[c] = static_cast<float>(channel.q);
    terms.r[c] = static_cast<float>(channel.r);
  }
}

}  // namespace tamp
