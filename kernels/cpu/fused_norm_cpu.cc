#include "kernels/cpu/fused_norm_cpu.h"

#include "kernels/shared_statistics.h"

namespace tamp {

void PrepareFusedNorm(const FusedNormForwardArgs<float>& norm, int64_t channels,
                      int64_t count) {
  RunningShares shares = {1, 0};
  if (MovesRunningStatistics(norm)) {
    shares =
        NextRunningShares(norm.moving_average_fraction, norm.running_weight);
  }
  for (int64_t c = 0; c < channels; ++c) {
    PrepareNormOfChannel(norm, shares, channels, count, c);
  }
}

void PrepareFinishing(const FinishingArgs<float>& finishing, int64_t channels,
                      int64_t count, const FinishingTerms<float>& terms) {
  for (int64_t c = 0; c < channels; ++c) {
    PrepareFinishingOfChannel(finishing, count, c, terms);
  }
}

}  // namespace tamp
