#include "layers/scale/scale_cpu.h"

#include "core/cpu/cpu_device.h"
#include "kernels/cpu/for_each_row.h"
#include "kernels/cpu/sums.h"

namespace tamp {
namespace {

class ScaleCpu : public ScaleKernel {
 public:
  ScaleCpu(const Broadcast& broadcast, const CpuDevice& device)
      : broadcast_(broadcast), device_(device) {}

  void Forward(const ScaleForwardArgs<float>& args) override {
    ForEachRun(
        [&](int64_t n, int64_t c, int64_t k, int64_t begin, int64_t count) {
          const float scale = *ElementAt(args.scale, broadcast_.b, k);
          const float bias = args.bias.data == nullptr
                                 ? 0
                                 : *ElementAt(args.bias, broadcast_.b, k);
          const float* x = args.x.at(n, c) + begin;
          float* y = args.y.at(n, c) + begin;
          for (int64_t s = 0; s < count; ++s) y[s] = x[s] * scale + bias;
        });
  }

  void InputGrad(const ScaleInputGradArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    const bool add = args.dx_mode == GradMode::kAdd;
    ForEachRun(
        [&](int64_t n, int64_t c, int64_t k, int64_t begin, int64_t count) {
          const float scale = *ElementAt(args.scale, broadcast_.b, k);
          const float* dy = args.dy.at(n, c) + begin;
          float* dx = args.dx.at(n, c) + begin;
          for (int64_t s = 0; s < count; ++s) {
            dx[s] = add ? dx[s] + dy[s] * scale : dy[s] * scale;
          }
        });
  }

  void ParameterGrad(const ScaleParameterGradArgs<float>& args) override {
    const bool wants_scale = args.dscale_mode != GradMode::kSkip;
    const bool wants_bias = args.dbias_mode != GradMode::kSkip;
    if (!wants_scale && !wants_bias) return;
    ForEachItem(device_, broadcast_.size(), [&](int64_t k) {
      double dscale = 0, dbias = 0;
      broadcast_.ForEachPart(
          k, [&](int64_t n, int64_t c, int64_t begin, int64_t count) {
            const float* dy = args.dy.at(n, c) + begin;
            if (wants_scale) {
              dscale += SumOfProducts(args.x.at(n, c) + begin, dy, count);
            }
            if (wants_bias) dbias += Sum(dy, count);
          });
      if (wants_scale) {
        StoreGrad(args.dscale_mode, static_cast<float>(dscale),
                  ElementAt(args.dscale, broadcast_.b, k));
      }
      if (wants_bias) {
        StoreGrad(args.dbias_mode, static_cast<float>(dbias),
                  ElementAt(args.dbias, broadcast_.b, k));
      }
    });
  }

 private:
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

absl::StatusOr<std::unique_ptr<ScaleKernel>> MakeScaleCpu(
    const Broadcast& broadcast, Device& device) {
  return std::make_unique<ScaleCpu>(broadcast, AsCpu(device));
}

}  // namespace tamp
