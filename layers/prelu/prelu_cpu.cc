#include "layers/prelu/prelu_cpu.h"

#include <algorithm>

#include "core/cpu/cpu_device.h"
#include "kernels/cpu/for_each_row.h"

namespace tamp {
namespace {

// A choice between constants, not between products: the compiler makes vectors
// of it, where a branch would often be mispredicted.
float Factor(float x, float slope) { return x > 0 ? 1 : slope; }

// sum of dy * x where x is not positive, in double and in a fixed order.
double NegativeDot(const float* x, const float* dy, int64_t size) {
  double sum = 0;
  for (int64_t i = 0; i < size; ++i) {
    sum += double{std::min(x[i], 0.0f)} * dy[i];
  }
  return sum;
}

class PreluCpu : public PreluKernel {
 public:
  PreluCpu(const Broadcast& broadcast, const CpuDevice& device)
      : broadcast_(broadcast), device_(device) {}

  void Forward(const PreluForwardArgs<float>& args) override {
    ForEachRun(
        [&](int64_t n, int64_t c, int64_t k, int64_t begin, int64_t count) {
          const float slope = *ElementAt(args.slope, broadcast_.b, k);
          const float* x = args.x.at(n, c) + begin;
          float* y = args.y.at(n, c) + begin;
          for (int64_t s = 0; s < count; ++s) y[s] = Factor(x[s], slope) * x[s];
        });
  }

  void Backward(const PreluBackwardArgs<float>& args) override {
    SlopeGrad(args);
    if (args.dx_mode == GradMode::kSkip) return;
    const bool add = args.dx_mode == GradMode::kAdd;
    ForEachRun(
        [&](int64_t n, int64_t c, int64_t k, int64_t begin, int64_t count) {
          const float slope = *ElementAt(args.slope, broadcast_.b, k);
          const float* x = args.x.at(n, c) + begin;
          const float* dy = args.dy.at(n, c) + begin;
          float* dx = args.dx.at(n, c) + begin;
          for (int64_t s = 0; s < count; ++s) {
            const float grad = Factor(x[s], slope) * dy[s];
            dx[s] = add ? dx[s] + grad : grad;
          }
        });
  }

 private:
  void SlopeGrad(const PreluBackwardArgs<float>& args) const {
    if (args.dslope_mode == GradMode::kSkip) return;
    ForEachItem(device_, broadcast_.size(), [&](int64_t k) {
      double dslope = 0;
      broadcast_.ForEachPart(
          k, [&](int64_t n, int64_t c, int64_t begin, int64_t count) {
            dslope += NegativeDot(args.x.at(n, c) + begin,
                                  args.dy.at(n, c) + begin, count);
          });
      StoreGrad(args.dslope_mode, static_cast<float>(dslope),
                ElementAt(args.dslope, broadcast_.b, k));
    });
  }

  template <typename Function>
  void ForEachRun(const Function& function) const {
    ForEachRow(device_, broadcast_.x, [&](int64_t n, int64_t c) {
      broadcast_.ForEachRun(n * broadcast_.x.channels + c,
                            [&](int64_t k, int64_t begin, int64_t count) {
                              function(n, c, k, begin, count);
                            });
    });
  }

  const Broadcast broadcast_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PreluKernel>> MakePreluCpu(
    const Broadcast& broadcast, Device& device) {
  return std::make_unique<PreluCpu>(broadcast, AsCpu(device));
}

}  // namespace tamp
