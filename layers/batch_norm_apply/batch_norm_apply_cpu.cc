// One tile of work is one channel, so the order of every sum is fixed.

#include "layers/batch_norm_apply/batch_norm_apply_cpu.h"

#include <cmath>

#include "core/cpu/cpu_device.h"
#include "kernels/cpu/sums.h"
#include "kernels/shared_statistics.h"

namespace tamp {
namespace {

void Store(GradMode mode, double value, float* destination) {
  if (mode == GradMode::kSkip) return;
  StoreGrad(mode, static_cast<float>(value), destination);
}

class BatchNormApplyCpu : public BatchNormApplyKernel {
 public:
  BatchNormApplyCpu(const BatchNormApplyOptions& options,
                    const CpuDevice& device)
      : options_(options), device_(device) {}

  void Forward(const BatchNormApplyForwardArgs<float>& args) override {
    RunningShares shares = {1, 0};
    if (!args.is_recomputation) {
      shares = NextRunningShares(options_.moving_average_fraction,
                                 args.running_weight);
    }
    device_.ParallelFor(options_.channels,
                        [&](int64_t c) { ForwardChannel(args, shares, c); });
  }

  void Backward(const BatchNormApplyBackwardArgs<float>& args) override {
    device_.ParallelFor(options_.channels,
                        [&](int64_t c) { BackwardChannel(args, c); });
  }

 private:
  void ForwardChannel(const BatchNormApplyForwardArgs<float>& args,
                      RunningShares shares, int64_t c) const {
    const float mean = args.statistics[2 * c];
    const float variance = args.statistics[2 * c + 1];
    if (!args.is_recomputation) {
      UpdateRunningStatistics(shares, double(options_.num) * options_.spatial,
                              mean, variance, args.running_mean + c,
                              args.running_variance + c);
    }
    const NormTerms terms =
        NormTermsOf(mean, variance, options_.eps, args.gamma[c], args.beta[c]);
    const float scale = static_cast<float>(terms.scale);
    // Subtracting the mean first loses less where it is large.
    const float beta = args.beta[c];
    for (int64_t n = 0; n < options_.num; ++n) {
      const float* x = args.x.at(n, c);
      float* y = args.y.at(n, c);
      for (int64_t s = 0; s < options_.spatial; ++s) {
        y[s] = (x[s] - mean) * scale + beta;
      }
    }
  }

  void BackwardChannel(const BatchNormApplyBackwardArgs<float>& args,
                       int64_t c) const {
    const double mean = args.statistics[2 * c];
    const double inv_std =
        1 / std::sqrt(args.statistics[2 * c + 1] + double{options_.eps});
    double dbeta = 0, dgamma = 0;
    for (int64_t n = 0; n < options_.num; ++n) {
      const GradSums sums =
          SumGrads(args.dy.at(n, c), args.x.at(n, c), mean, options_.spatial);
      dbeta += sums.grads;
      dgamma += sums.products * inv_std;
    }
    const float gamma = args.gamma[c];
    Store(args.dgamma_mode, dgamma, args.dgamma + c);
    Store(args.dbeta_mode, dbeta, args.dbeta + c);
    if (args.statistics_grad_mode != GradMode::kSkip) {
      float* const sums = args.statistics_grad + 2 * c;
      Store(args.statistics_grad_mode, gamma * dbeta, sums);
      Store(args.statistics_grad_mode, gamma * dgamma, sums + 1);
    }
    if (args.g_mode == GradMode::kSkip) return;
    const bool add = args.g_mode == GradMode::kAdd;
    for (int64_t n = 0; n < options_.num; ++n) {
      const float* dy = args.dy.at(n, c);
      float* g = args.g.at(n, c);
      for (int64_t s = 0; s < options_.spatial; ++s) {
        g[s] = add ? g[s] + gamma * dy[s] : gamma * dy[s];
      }
    }
  }

  const BatchNormApplyOptions options_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BatchNormApplyKernel>> MakeBatchNormApplyCpu(
    const BatchNormApplyOptions& options, Device& device) {
  return std::make_unique<BatchNormApplyCpu>(options, AsCpu(device));
}

}  // namespace tamp
