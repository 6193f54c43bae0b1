#include "layers/softmax_loss/softmax_loss_cpu.h"

#include <algorithm>
#include <cmath>

#include "core/cpu/cpu_device.h"
#include "core/label.h"
#include "kernels/cpu/exponentials.h"
#include "kernels/cpu/for_each_row.h"

namespace tamp {
namespace {

class SoftmaxLossCpu : public SoftmaxLossKernel {
 public:
  SoftmaxLossCpu(const SoftmaxLossOptions& options, const CpuDevice& device)
      : options_(options), device_(device) {}

  // One loss a line, so that they are added in the order of the lines.
  int64_t forward_workspace_bytes() const override {
    return options_.lines.count() * static_cast<int64_t>(sizeof(double));
  }

  void Forward(const SoftmaxLossForwardArgs<float>& args) override {
    double* losses = static_cast<double*>(args.workspace);
    ForEachItem(device_, options_.lines.count(),
                [&](int64_t line) { losses[line] = ForwardLine(args, line); });
    double total = 0;
    for (int64_t i = 0; i < options_.lines.count(); ++i) total += losses[i];
    const double count = Count(args.labels);
    *args.loss = static_cast<float>(total / Normalizer(count));
    if (args.count != nullptr) *args.count = static_cast<float>(count);
  }

  void Backward(const SoftmaxLossBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    const float dloss = args.dloss != nullptr ? *args.dloss : 0;
    const float scale =
        static_cast<float>(dloss / Normalizer(Count(args.labels)));
    ForEachItem(device_, options_.lines.count(),
                [&](int64_t line) { BackwardLine(args, scale, line); });
  }

 private:
  float Label(const Strided<const float>& labels, int64_t line) const {
    return *ElementAt(labels, options_.labels, line);
  }

  static double Normalizer(double count) { return std::max(count, 1.0); }

  double Count(const Strided<const float>& labels) const {
    if (options_.fixed_normalizer > 0) return options_.fixed_normalizer;
    int64_t counted = 0;
    for (int64_t i = 0; i < options_.lines.count(); ++i) {
      counted += !IsIgnored(options_, Label(labels, i));
    }
    return static_cast<double>(counted);
  }

  // Stores the probabilities of a line and returns its loss.
  double ForwardLine(const SoftmaxLossForwardArgs<float>& args,
                     int64_t line) const {
    const AxisLines& lines = options_.lines;
    const int64_t classes = lines.length;
    const float* x = lines.first(args.x, line);
    const int64_t stride = lines.stride(args.x);
    float largest = x[0];
    for (int64_t k = 1; k < classes; ++k) {
      largest = std::max(largest, x[k * stride]);
    }
    float* p = args.probabilities + line * classes;
    double sum = 0, sum_x = 0;
    for (int64_t k = 0; k < classes; ++k) {
      p[k] = x[k * stride];
      sum_x += p[k] - largest;
    }
    ExponentialsBelow(largest, p, classes, p);
    for (int64_t k = 0; k < classes; ++k) sum += p[k];
    const float inverse_sum = static_cast<float>(1 / sum);
    for (int64_t k = 0; k < classes; ++k) p[k] *= inverse_sum;
    if (args.y.data != nullptr) {
      float* y = lines.first(args.y, line);
      const int64_t y_stride = lines.stride(args.y);
      for (int64_t k = 0; k < classes; ++k) y[k * y_stride] = p[k];
    }
    const float label = Label(args.labels, line);
    if (IsIgnored(options_, label)) return 0;
    // -sum_k t_k log p_k, with the constant part of log p_k taken out.
    const float x_label = x[ClassOfLabel(label, classes) * stride] - largest;
    const double smoothing = options_.label_smoothing;
    double loss = std::log(sum) - (1 - smoothing) * x_label;
    if (smoothing > 0) loss -= smoothing * sum_x / classes;
    return loss;
  }

  void BackwardLine(const SoftmaxLossBackwardArgs<float>& args, float scale,
                    int64_t line) const {
    const AxisLines& lines = options_.lines;
    const int64_t classes = lines.length;
    const float* p = args.probabilities + line * classes;
    float* dx = lines.first(args.dx, line);
    const int64_t stride = lines.stride(args.dx);
    const float label = Label(args.labels, line);
    const bool ignored = IsIgnored(options_, label);
    const int64_t true_class = ignored ? -1 : ClassOfLabel(label, classes);
    const float smoothing = options_.label_smoothing;
    const float rest = smoothing / static_cast<float>(classes);
    for (int64_t k = 0; k < classes; ++k) {
      const float target = k == true_class ? 1 - smoothing + rest : rest;
      const float grad = ignored ? 0 : scale * (p[k] - target);
      StoreGrad(args.dx_mode, grad, dx + k * stride);
    }
    if (args.dy.data == nullptr) return;
    const float* dy = lines.first(args.dy, line);
    const int64_t dy_stride = lines.stride(args.dy);
    float mean = 0;
    for (int64_t k = 0; k < classes; ++k) mean += p[k] * dy[k * dy_stride];
    for (int64_t k = 0; k < classes; ++k) {
      dx[k * stride] += p[k] * (dy[k * dy_stride] - mean);
    }
  }

  const SoftmaxLossOptions options_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SoftmaxLossKernel>> MakeSoftmaxLossCpu(
    const SoftmaxLossOptions& options, Device& device) {
  return std::make_unique<SoftmaxLossCpu>(options, AsCpu(device));
}

}  // namespace tamp
