#include "layers/elu/elu_cpu.h"

#include <cmath>

#include "core/cpu/cpu_device.h"
#include "core/cpu/for_each_row.h"

namespace tamp {
namespace {

class EluCpu : public EluKernel {
 public:
  EluCpu(const EluOptions& options, const CpuDevice& device)
      : options_(options), device_(device) {}

  void Forward(const EluForwardArgs<float>& args) override {
    const float alpha = options_.alpha;
    const Extents rows = MergedRows(options_.extents, args.x, args.y);
    ForEachRow(device_, rows, [&](int64_t n, int64_t c) {
      const float* x = args.x.at(n, c);
      float* y = args.y.at(n, c);
      for (int64_t s = 0; s < rows.spatial; ++s) {
        y[s] = x[s] > 0 ? x[s] : alpha * std::expm1(x[s]);
      }
    });
  }

  void Backward(const EluBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    const bool add = args.dx_mode == GradMode::kAdd;
    const float alpha = options_.alpha;
    const Extents rows = MergedRows(options_.extents, args.y, args.dy, args.dx);
    ForEachRow(device_, rows, [&](int64_t n, int64_t c) {
      const float* y = args.y.at(n, c);
      const float* dy = args.dy.at(n, c);
      float* dx = args.dx.at(n, c);
      for (int64_t s = 0; s < rows.spatial; ++s) {
        const float grad = y[s] > 0 ? dy[s] : dy[s] * (y[s] + alpha);
        dx[s] = add ? dx[s] + grad : grad;
      }
    });
  }

 private:
  const EluOptions options_;
  const CpuDevice& device_;
};

}  // namespace

std::unique_ptr<EluKernel> MakeEluCpu(const EluOptions& options,
                                      const Device& device) {
  return std::make_unique<EluCpu>(options, AsCpu(device));
}

}  // namespace tamp
