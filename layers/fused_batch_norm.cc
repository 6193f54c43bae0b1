#include "layers/fused_batch_norm.h"

#include "kernels/shared_statistics.h"
#include "layers/batch_norm_parameters.h"

namespace tamp {
namespace {

void Store(GradMode mode, double value, float* destination) {
  if (mode == GradMode::kSkip) return;
  StoreGrad(mode, static_cast<float>(value), destination);
}

}  // namespace

int64_t FusedNormTerms::Bytes(int64_t channels) {
  return 4 * channels * int64_t{sizeof(float)};
}

FusedNormTerms FusedNormTerms::At(void* saved, int64_t channels) {
  float* const terms = static_cast<float*>(saved);
  return {terms, terms + channels, terms + 2 * channels, terms + 3 * channels};
}

void PrepareFusedNorm(const BatchNormParameter& norm,
                      const FusedNormInput& input,
                      absl::Span<const View> parameters,
                      const FusedNormTerms& terms) {
  const BatchNormArrays arrays = BatchNormArraysOf(norm, parameters);
  const bool updates = input.statistics != nullptr && !input.is_recomputation;
  RunningShares shares = {1, 0};
  if (updates) {
    shares = NextRunningShares(norm.moving_average_fraction(),
                               arrays.running_weight);
  }
  for (int64_t c = 0; c < input.channels; ++c) {
    double mean = arrays.running_mean[c];
    double variance = arrays.running_variance[c];
    if (input.statistics != nullptr) {
      mean = input.statistics[2 * c];
      variance = input.statistics[2 * c + 1];
    }
    if (updates) {
      UpdateRunningStatistics(shares, double(input.count), mean, variance,
                              arrays.running_mean + c,
                              arrays.running_variance + c);
    }
    const NormTerms channel = NormTermsOf(mean, variance, norm.eps(),
                                          arrays.gamma[c], arrays.beta[c]);
    terms.scale[c] = static_cast<float>(channel.scale);
    terms.shift[c] = static_cast<float>(channel.shift);
    terms.mean[c] = static_cast<float>(mean);
    terms.inv_std[c] =
        static_cast<float>(InverseDeviation(variance, norm.eps()));
  }
}

void StoreFusedNormGrads(int64_t channels, const float* gamma,
                         const float* dgamma, const float* dbeta,
                         const FusedNormGrads& grads) {
  for (int64_t c = 0; c < channels; ++c) {
    Store(grads.dgamma_mode, dgamma[c], grads.dgamma + c);
    Store(grads.dbeta_mode, dbeta[c], grads.dbeta + c);
    if (grads.sums_mode == GradMode::kSkip) continue;
    float* const sums = grads.sums + 2 * c;
    Store(grads.sums_mode, double{gamma[c]} * dbeta[c], sums);
    Store(grads.sums_mode, double{gamma[c]} * dgamma[c], sums + 1);
  }
}

void PrepareFinishing(const float* statistics, const float* sums, double eps,
                      int64_t channels, int64_t count,
                      const FinishingTerms& terms) {
  for (int64_t c = 0; c < channels; ++c) {
    const double inv_std = InverseDeviation(statistics[2 * c + 1], eps);
    const GradientTerms channel =
        GradientTermsOf(statistics[2 * c], inv_std, sums[2 * c],
                        sums[2 * c + 1], double(count));
    terms.p[c] = static_cast<float>(channel.p);
    terms.q[c] = static_cast<float>(channel.q);
    terms.r[c] = static_cast<float>(channel.r);
  }
}

}  // namespace tamp
