// Batch normalization in plain loops: the definition that fast kernels are held
// against. Sums are of type T, or double for float.

#ifndef TAMP_LAYERS_BATCH_NORM_BATCH_NORM_REFERENCE_H_
#define TAMP_LAYERS_BATCH_NORM_BATCH_NORM_REFERENCE_H_

#include <cmath>
#include <cstdint>

#include "kernels/grad_mode.h"
#include "layers/batch_norm/batch_norm_kernel.h"

namespace tamp {

template <typename T>
void BatchNormForwardReference(const BatchNormOptions& options,
                               const BatchNormForwardArgs<T>& args) {
  const double m = double(options.num) * double(options.spatial);
  const bool updates = options.update_running_stats && !args.is_recomputation;
  double share = 1 - double{options.moving_average_fraction};
  if (updates && args.running_weight != nullptr) {
    const double weight =
        options.moving_average_fraction * double(*args.running_weight) + 1;
    share = 1 / weight;
    *args.running_weight = weight;
  }
  for (int64_t c = 0; c < options.channels; ++c) {
    double mean = 0, variance = 0;
    for (int64_t n = 0; n < options.num; ++n) {
      for (int64_t s = 0; s < options.spatial; ++s) mean += args.x.at(n, c)[s];
    }
    mean /= m;
    for (int64_t n = 0; n < options.num; ++n) {
      for (int64_t s = 0; s < options.spatial; ++s) {
        const double difference = args.x.at(n, c)[s] - mean;
        variance += difference * difference;
      }
    }
    variance /= m;
    if (updates) {
      const double unbiased = m > 1 ? variance * m / (m - 1) : variance;
      args.running_mean[c] = (1 - share) * args.running_mean[c] + share * mean;
      args.running_variance[c] =
          (1 - share) * args.running_variance[c] + share * unbiased;
    }
    if (options.use_global_stats) {
      mean = args.running_mean[c];
      variance = args.running_variance[c];
    }
    const double inv_std = 1 / std::sqrt(variance + options.eps);
    args.mean[c] = mean;
    args.inv_std[c] = inv_std;
    const double gamma = args.gamma ? args.gamma[c] : 1;
    const double beta = args.beta ? args.beta[c] : 0;
    for (int64_t n = 0; n < options.num; ++n) {
      for (int64_t s = 0; s < options.spatial; ++s) {
        const double x_hat = (args.x.at(n, c)[s] - mean) * inv_std;
        args.y.at(n, c)[s] = gamma * x_hat + beta;
      }
    }
  }
}

template <typename T>
void BatchNormBackwardReference(const BatchNormOptions& options,
                                const BatchNormBackwardArgs<T>& args) {
  const double m = double(options.num) * double(options.spatial);
  for (int64_t c = 0; c < options.channels; ++c) {
    const double inv_std = args.inv_std[c];
    const auto x_hat = [&](int64_t n, int64_t s) {
      return (args.x.at(n, c)[s] - double(args.mean[c])) * inv_std;
    };
    double dgamma = 0, dbeta = 0;
    for (int64_t n = 0; n < options.num; ++n) {
      for (int64_t s = 0; s < options.spatial; ++s) {
        dbeta += args.dy.at(n, c)[s];
        dgamma += args.dy.at(n, c)[s] * x_hat(n, s);
      }
    }
    if (args.dgamma_mode != GradMode::kSkip) {
      StoreGrad<T>(args.dgamma_mode, dgamma, args.dgamma + c);
    }
    if (args.dbeta_mode != GradMode::kSkip) {
      StoreGrad<T>(args.dbeta_mode, dbeta, args.dbeta + c);
    }
    if (args.dx_mode == GradMode::kSkip) continue;
    if (options.use_global_stats) dgamma = dbeta = 0;  // do not depend on x
    const double gamma = args.gamma ? args.gamma[c] : 1;
    for (int64_t n = 0; n < options.num; ++n) {
      for (int64_t s = 0; s < options.spatial; ++s) {
        const double dx =
            gamma * inv_std *
            (args.dy.at(n, c)[s] - dbeta / m - x_hat(n, s) * dgamma / m);
        StoreGrad<T>(args.dx_mode, dx, args.dx.at(n, c) + s);
      }
    }
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_BATCH_NORM_REFERENCE_H_
