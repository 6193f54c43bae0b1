#include "layers/relu/relu_cpu.h"

#include "core/cpu/cpu_device.h"

namespace tamp {
namespace {

class ReluCpu : public ReluKernel {
 public:
  ReluCpu(const ReluOptions& options, const CpuDevice& device)
      : options_(options), device_(device) {}

  void Forward(const ReluForwardArgs<float>& args) override {
    device_.ParallelFor(options_.num, [&](int64_t n) {
      for (int64_t c = 0; c < options_.channels; ++c) {
        ForwardChannel(args.x.at(n, c), args.y.at(n, c));
      }
    });
  }

  void Backward(const ReluBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    const bool add = args.dx_mode == GradMode::kAdd;
    device_.ParallelFor(options_.num, [&](int64_t n) {
      for (int64_t c = 0; c < options_.channels; ++c) {
        BackwardChannel(args.y.at(n, c), args.dy.at(n, c), add,
                        args.dx.at(n, c));
      }
    });
  }

 private:
  void ForwardChannel(const float* x, float* y) const {
    const float slope = options_.negative_slope;
    for (int64_t s = 0; s < options_.spatial; ++s) {
      y[s] = x[s] > 0 ? x[s] : slope * x[s];
    }
  }

  void BackwardChannel(const float* y, const float* dy, bool add,
                       float* dx) const {
    const float slope = options_.negative_slope;
    for (int64_t s = 0; s < options_.spatial; ++s) {
      const float grad = y[s] > 0 ? dy[s] : slope * dy[s];
      dx[s] = add ? dx[s] + grad : grad;
    }
  }

  const ReluOptions options_;
  const CpuDevice& device_;
};

}  // namespace

std::unique_ptr<ReluKernel> MakeReluCpu(const ReluOptions& options,
                                        const Device& device) {
  return std::make_unique<ReluCpu>(options, AsCpu(device));
}

}  // namespace tamp
