// Statistics of channels in plain loops: the definition.

#ifndef TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_REFERENCE_H_
#define TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_REFERENCE_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "kernels/shared_statistics.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_kernel.h"

namespace tamp {

template <typename T>
void BatchNormStatisticsForwardReference(
    const BatchNormStatisticsOptions& options,
    const BatchNormStatisticsForwardArgs<T>& args) {
  const double count = double(options.num) * options.spatial;
  for (int64_t c = 0; c < options.channels; ++c) {
    double sum = 0, squares = 0;
    for (int64_t n = 0; n < options.num; ++n) {
      for (int64_t s = 0; s < options.spatial; ++s) {
        sum += args.x.at(n, c)[s];
        args.y.at(n, c)[s] = args.x.at(n, c)[s];
      }
    }
    const double mean = sum / count;
    for (int64_t n = 0; n < options.num; ++n) {
      for (int64_t s = 0; s < options.spatial; ++s) {
        const double difference = args.x.at(n, c)[s] - mean;
        squares += difference * difference;
      }
    }
    args.statistics[2 * c] = static_cast<T>(mean);
    args.statistics[2 * c + 1] = static_cast<T>(squares / count);
  }
}

template <typename T>
void BatchNormStatisticsBackwardReference(
    const BatchNormStatisticsOptions& options,
    const BatchNormStatisticsBackwardArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  const double count = double(options.num) * options.spatial;
  for (int64_t c = 0; c < options.channels; ++c) {
    const GradientTerms terms = GradientTermsOf(
        args.statistics[2 * c],
        InverseDeviation(args.statistics[2 * c + 1], options.eps),
        args.statistics_grad[2 * c], args.statistics_grad[2 * c + 1], count);
    for (int64_t n = 0; n < options.num; ++n) {
      for (int64_t s = 0; s < options.spatial; ++s) {
        const double dx = terms.p * args.g.at(n, c)[s] +
                          terms.q * args.y.at(n, c)[s] + terms.r;
        StoreGrad(args.dx_mode, static_cast<T>(dx), args.dx.at(n, c) + s);
      }
    }
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_REFERENCE_H_
