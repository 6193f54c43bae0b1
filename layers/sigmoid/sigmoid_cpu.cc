#include "layers/sigmoid/sigmoid_cpu.h"

#include <cmath>

#include "core/cpu/cpu_device.h"
#include "core/cpu/for_each_row.h"

namespace tamp {
namespace {

class SigmoidCpu : public SigmoidKernel {
 public:
  SigmoidCpu(const SigmoidOptions& options, const CpuDevice& device)
      : options_(options), device_(device) {}

  void Forward(const SigmoidForwardArgs<float>& args) override {
    const Extents rows = MergedRows(options_.extents, args.x, args.y);
    ForEachRow(device_, rows, [&](int64_t n, int64_t c) {
      const float* x = args.x.at(n, c);
      float* y = args.y.at(n, c);
      for (int64_t s = 0; s < rows.spatial; ++s) {
        y[s] = 1 / (1 + std::exp(-x[s]));
      }
    });
  }

  void Backward(const SigmoidBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    const bool add = args.dx_mode == GradMode::kAdd;
    const Extents rows = MergedRows(options_.extents, args.y, args.dy, args.dx);
    ForEachRow(device_, rows, [&](int64_t n, int64_t c) {
      const float* y = args.y.at(n, c);
      const float* dy = args.dy.at(n, c);
      float* dx = args.dx.at(n, c);
      for (int64_t s = 0; s < rows.spatial; ++s) {
        const float grad = dy[s] * y[s] * (1 - y[s]);
        dx[s] = add ? dx[s] + grad : grad;
      }
    });
  }

 private:
  const SigmoidOptions options_;
  const CpuDevice& device_;
};

}  // namespace

std::unique_ptr<SigmoidKernel> MakeSigmoidCpu(const SigmoidOptions& options,
                                              const Device& device) {
  return std::make_unique<SigmoidCpu>(options, AsCpu(device));
}

}  // namespace tamp
