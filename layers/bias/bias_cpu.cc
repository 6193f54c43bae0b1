#include "layers/bias/bias_cpu.h"

#include "core/cpu/cpu_device.h"
#include "kernels/cpu/for_each_row.h"
#include "kernels/cpu/sums.h"

namespace tamp {
namespace {

class BiasCpu : public BiasKernel {
 public:
  BiasCpu(const Broadcast& broadcast, const CpuDevice& device)
      : broadcast_(broadcast), device_(device) {}

  void Forward(const BiasForwardArgs<float>& args) override {
    ForEachRow(device_, broadcast_.x, [&](int64_t n, int64_t c) {
      const float* x = args.x.at(n, c);
      float* y = args.y.at(n, c);
      broadcast_.ForEachRun(n * broadcast_.x.channels + c,
                            [&](int64_t k, int64_t begin, int64_t count) {
                              const float bias =
                                  *ElementAt(args.bias, broadcast_.b, k);
                              for (int64_t s = begin; s < begin + count; ++s)
                                y[s] = x[s] + bias;
                            });
    });
  }

  void InputGrad(const BiasInputGradArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip || args.dx.data == args.dy.data) return;
    const bool add = args.dx_mode == GradMode::kAdd;
    const Extents rows = MergedRows(broadcast_.x, args.dy, args.dx);
    ForEachRow(device_, rows, [&](int64_t n, int64_t c) {
      const float* dy = args.dy.at(n, c);
      float* dx = args.dx.at(n, c);
      for (int64_t s = 0; s < rows.spatial; ++s) {
        dx[s] = add ? dx[s] + dy[s] : dy[s];
      }
    });
  }

  void ParameterGrad(const BiasParameterGradArgs<float>& args) override {
    if (args.dbias_mode == GradMode::kSkip) return;
    ForEachItem(device_, broadcast_.size(), [&](int64_t k) {
      double dbias = 0;
      broadcast_.ForEachPart(
          k, [&](int64_t n, int64_t c, int64_t begin, int64_t count) {
            dbias += Sum(args.dy.at(n, c) + begin, count);
          });
      StoreGrad(args.dbias_mode, static_cast<float>(dbias),
                ElementAt(args.dbias, broadcast_.b, k));
    });
  }

 private:
  const Broadcast broadcast_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BiasKernel>> MakeBiasCpu(
    const Broadcast& broadcast, Device& device) {
  return std::make_unique<BiasCpu>(broadcast, AsCpu(device));
}

}  // namespace tamp
