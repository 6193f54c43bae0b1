// One tile of work is one channel, so the order of every sum is fixed. The mean
// is taken first, in double precision, and the squares around it after: data of
// a large mean keep their variance, and the channel is still in the cache.

#include "layers/batch_norm_statistics/batch_norm_statistics_cpu.h"

#include <algorithm>

#include "core/cpu/cpu_device.h"
#include "kernels/cpu/sums.h"
#include "kernels/shared_statistics.h"

namespace tamp {
namespace {

class BatchNormStatisticsCpu : public BatchNormStatisticsKernel {
 public:
  BatchNormStatisticsCpu(const BatchNormStatisticsOptions& options,
                         const CpuDevice& device)
      : options_(options), device_(device) {}

  void Forward(const BatchNormStatisticsForwardArgs<float>& args) override {
    device_.ParallelFor(options_.channels,
                        [&](int64_t c) { ForwardChannel(args, c); });
  }

  void Backward(const BatchNormStatisticsBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    device_.ParallelFor(options_.channels,
                        [&](int64_t c) { BackwardChannel(args, c); });
  }

 private:
  double count() const { return double(options_.num) * options_.spatial; }

  void ForwardChannel(const BatchNormStatisticsForwardArgs<float>& args,
                      int64_t c) const {
    double sum = 0, squares = 0;
    for (int64_t n = 0; n < options_.num; ++n) {
      sum += Sum(args.x.at(n, c), options_.spatial);
    }
    const double mean = sum / count();
    for (int64_t n = 0; n < options_.num; ++n) {
      squares += SumOfSquaresAround(mean, args.x.at(n, c), options_.spatial);
    }
    args.statistics[2 * c] = static_cast<float>(mean);
    args.statistics[2 * c + 1] = static_cast<float>(squares / count());
    if (args.y.data == args.x.data) return;
    for (int64_t n = 0; n < options_.num; ++n) {
      std::copy_n(args.x.at(n, c), options_.spatial, args.y.at(n, c));
    }
  }

  void BackwardChannel(const BatchNormStatisticsBackwardArgs<float>& args,
                       int64_t c) const {
    const GradientTerms terms = GradientTermsOf(
        args.statistics[2 * c],
        InverseDeviation(args.statistics[2 * c + 1], options_.eps),
        args.statistics_grad[2 * c], args.statistics_grad[2 * c + 1], count());
    const float p = static_cast<float>(terms.p);
    const float q = static_cast<float>(terms.q);
    const float r = static_cast<float>(terms.r);
    const bool add = args.dx_mode == GradMode::kAdd;
    for (int64_t n = 0; n < options_.num; ++n) {
      const float* y = args.y.at(n, c);
      const float* g = args.g.at(n, c);
      float* dx = args.dx.at(n, c);
      for (int64_t s = 0; s < options_.spatial; ++s) {
        const float grad = p * g[s] + q * y[s] + r;
        dx[s] = add ? dx[s] + grad : grad;
      }
    }
  }

  const BatchNormStatisticsOptions options_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BatchNormStatisticsKernel>>
MakeBatchNormStatisticsCpu(const BatchNormStatisticsOptions& options,
                           Device& device) {
  return std::make_unique<BatchNormStatisticsCpu>(options, AsCpu(device));
}

}  // namespace tamp
