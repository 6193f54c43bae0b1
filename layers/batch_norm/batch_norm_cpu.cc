// One tile of work is one channel, so the order of every sum is fixed. Sums run
// in double precision and the variance takes a second pass: data of a large
// mean keep their variance, and the channel is still in the cache.

#include "layers/batch_norm/batch_norm_cpu.h"

#include <cmath>

#include "core/cpu/cpu_device.h"
#include "kernels/cpu/sums.h"
#include "kernels/grad_mode.h"
#include "kernels/shared_statistics.h"
#include "kernels/strided.h"

namespace tamp {
namespace {

class BatchNormCpu : public BatchNormKernel {
 public:
  BatchNormCpu(const BatchNormOptions& options, const CpuDevice& device)
      : options_(options),
        device_(device),
        count_(double(options.num) * double(options.spatial)) {}

  void Forward(const BatchNormForwardArgs<float>& args) override {
    RunningShares shares = {1, 0};
    if (Updates(args)) {
      shares = NextRunningShares(options_.moving_average_fraction,
                                 args.running_weight);
    }
    device_.ParallelFor(options_.channels,
                        [&](int64_t c) { ForwardChannel(args, shares, c); });
  }

  void Backward(const BatchNormBackwardArgs<float>& args) override {
    device_.ParallelFor(options_.channels,
                        [&](int64_t c) { BackwardChannel(args, c); });
  }

 private:
  struct Moments {
    double mean;
    double variance;  // biased
  };

  Moments BatchMoments(Strided<const float> x, int64_t c) const {
    double sum = 0, squares = 0;
    for (int64_t n = 0; n < options_.num; ++n) {
      sum += Sum(x.at(n, c), options_.spatial);
    }
    const double mean = sum / count_;
    for (int64_t n = 0; n < options_.num; ++n) {
      squares += SumOfSquaresAround(mean, x.at(n, c), options_.spatial);
    }
    return {mean, squares / count_};
  }

  bool Updates(const BatchNormForwardArgs<float>& args) const {
    return options_.update_running_stats && !args.is_recomputation;
  }

  void ForwardChannel(const BatchNormForwardArgs<float>& args,
                      RunningShares shares, int64_t c) const {
    Moments moments;
    if (options_.use_global_stats) {
      moments = {args.running_mean[c], args.running_variance[c]};
    } else {
      moments = BatchMoments(args.x, c);
      if (Updates(args)) {
        UpdateRunningStatistics(shares, count_, moments.mean, moments.variance,
                                args.running_mean + c,
                                args.running_variance + c);
      }
    }
    const double inv_std = 1 / std::sqrt(moments.variance + options_.eps);
    args.mean[c] = static_cast<float>(moments.mean);
    args.inv_std[c] = static_cast<float>(inv_std);
    Normalize(args, c, moments.mean - double(args.mean[c]));
  }

  // Subtracts the mean first: the other form, x * factor + offset, cancels
  // where the mean is large. What the mean lost in rounding to float goes into
  // the offset.
  void Normalize(const BatchNormForwardArgs<float>& args, int64_t c,
                 double mean_rounding) const {
    const float mean = args.mean[c];
    const float factor = (args.gamma ? args.gamma[c] : 1) * args.inv_std[c];
    const float offset = static_cast<float>((args.beta ? args.beta[c] : 0) -
                                            mean_rounding * factor);
    for (int64_t n = 0; n < options_.num; ++n) {
      const float* x = args.x.at(n, c);
      float* y = args.y.at(n, c);
      for (int64_t s = 0; s < options_.spatial; ++s) {
        y[s] = (x[s] - mean) * factor + offset;
      }
    }
  }

  // A norm that neither learns nor makes its own statistics needs none.
  bool WantsSums(const BatchNormBackwardArgs<float>& args) const {
    return args.dgamma_mode != GradMode::kSkip ||
           args.dbeta_mode != GradMode::kSkip || !options_.use_global_stats;
  }

  void BackwardChannel(const BatchNormBackwardArgs<float>& args,
                       int64_t c) const {
    const double mean = args.mean[c];
    const double inv_std = args.inv_std[c];
    double dbeta = 0, dgamma = 0;
    for (int64_t n = 0; n < options_.num && WantsSums(args); ++n) {
      const GradSums sums =
          SumGrads(args.dy.at(n, c), args.x.at(n, c), mean, options_.spatial);
      dbeta += sums.grads;
      dgamma += sums.products * inv_std;
    }
    if (args.dgamma_mode != GradMode::kSkip) {
      StoreGrad(args.dgamma_mode, static_cast<float>(dgamma), args.dgamma + c);
    }
    if (args.dbeta_mode != GradMode::kSkip) {
      StoreGrad(args.dbeta_mode, static_cast<float>(dbeta), args.dbeta + c);
    }
    if (args.dx_mode == GradMode::kSkip) return;
    if (options_.use_global_stats) {
      InputGrad(args, c, 0, 0);
    } else {
      InputGrad(args, c, dbeta / count_, dgamma * inv_std / count_);
    }
  }

  // dx = factor * (dy - mean_dy - (x - mean) * slope).
  void InputGrad(const BatchNormBackwardArgs<float>& args, int64_t c,
                 double mean_grad, double slope_grad) const {
    const float factor = (args.gamma ? args.gamma[c] : 1) * args.inv_std[c];
    const float mean = args.mean[c];
    const float mean_dy = static_cast<float>(mean_grad);
    const float slope = static_cast<float>(slope_grad);
    const bool add = args.dx_mode == GradMode::kAdd;
    for (int64_t n = 0; n < options_.num; ++n) {
      const float* x = args.x.at(n, c);
      const float* dy = args.dy.at(n, c);
      float* dx = args.dx.at(n, c);
      for (int64_t s = 0; s < options_.spatial; ++s) {
        const float grad = factor * ((dy[s] - mean_dy) - (x[s] - mean) * slope);
        dx[s] = add ? dx[s] + grad : grad;
      }
    }
  }

  const BatchNormOptions options_;
  const CpuDevice& device_;
  const double count_;  // elements of a channel
};

}  // namespace

absl::StatusOr<std::unique_ptr<BatchNormKernel>> MakeBatchNormCpu(
    const BatchNormOptions& options, Device& device) {
  return std::make_unique<BatchNormCpu>(options, AsCpu(device));
}

}  // namespace tamp
