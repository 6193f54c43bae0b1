// The consumer's half of batch normalization in plain loops: the definition.

#ifndef TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_REFERENCE_H_
#define TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_REFERENCE_H_

#include <cmath>
#include <cstdint>

#include "kernels/grad_mode.h"
#include "kernels/shared_statistics.h"
#include "layers/batch_norm_apply/batch_norm_apply_kernel.h"

namespace tamp {

template <typename T>
void BatchNormApplyForwardReference(const BatchNormApplyOptions& options,
                                    const BatchNormApplyForwardArgs<T>& args) {
  const double count = double(options.num) * options.spatial;
  RunningShares shares = {1, 0};
  if (!args.is_recomputation) {
    shares =
        NextRunningShares(options.moving_average_fraction, args.running_weight);
  }
  for (int64_t c = 0; c < options.channels; ++c) {
    const double mean = args.statistics[2 * c];
    const double variance = args.statistics[2 * c + 1];
    if (!args.is_recomputation) {
      UpdateRunningStatistics(shares, count, mean, variance,
                              args.running_mean + c, args.running_variance + c);
    }
    const NormTerms terms =
        NormTermsOf(mean, variance, options.eps, args.gamma[c], args.beta[c]);
    for (int64_t n = 0; n < options.num; ++n) {
      for (int64_t s = 0; s < options.spatial; ++s) {
        args.y.at(n, c)[s] =
            static_cast<T>(terms.scale * args.x.at(n, c)[s] + terms.shift);
      }
    }
  }
}

template <typename T>
void BatchNormApplyBackwardReference(
    const BatchNormApplyOptions& options,
    const BatchNormApplyBackwardArgs<T>& args) {
  const auto store = [](GradMode mode, double value, T* destination) {
    if (mode == GradMode::kSkip) return;
    StoreGrad(mode, static_cast<T>(value), destination);
  };
  for (int64_t c = 0; c < options.channels; ++c) {
    const double mean = args.statistics[2 * c];
    const double inv_std =
        1 / std::sqrt(args.statistics[2 * c + 1] + double{options.eps});
    double dbeta = 0, dgamma = 0;
    for (int64_t n = 0; n < options.num; ++n) {
      for (int64_t s = 0; s < options.spatial; ++s) {
        const double dy = args.dy.at(n, c)[s];
        dbeta += dy;
        dgamma += dy * (args.x.at(n, c)[s] - mean) * inv_std;
        store(args.g_mode, args.gamma[c] * dy, args.g.at(n, c) + s);
      }
    }
    store(args.dgamma_mode, dgamma, args.dgamma + c);
    store(args.dbeta_mode, dbeta, args.dbeta + c);
    if (args.statistics_grad_mode == GradMode::kSkip) continue;
    T* const sums = args.statistics_grad + 2 * c;
    store(args.statistics_grad_mode, args.gamma[c] * dbeta, sums);
    store(args.statistics_grad_mode, args.gamma[c] * dgamma, sums + 1);
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_REFERENCE_H_
