// SoftmaxWithLoss in plain loops: the definition that fast kernels are held
// against.

#ifndef TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_REFERENCE_H_
#define TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_REFERENCE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/label.h"
#include "kernels/grad_mode.h"
#include "layers/softmax_loss/softmax_loss_kernel.h"

namespace tamp {

// What the loss is a mean of.
template <typename T>
double SoftmaxLossCountReference(const SoftmaxLossOptions& options,
                                 const Strided<const T>& labels) {
  if (options.fixed_normalizer > 0) return options.fixed_normalizer;
  double counted = 0;
  for (int64_t i = 0; i < options.lines.count(); ++i) {
    counted += !IsIgnored(options, *ElementAt(labels, options.labels, i));
  }
  return counted;
}

template <typename T>
double SoftmaxLossNormalizerReference(const SoftmaxLossOptions& options,
                                      const Strided<const T>& labels) {
  return std::max(SoftmaxLossCountReference(options, labels), 1.0);
}

// t_k of a line with the given label.
template <typename T>
T SoftmaxLossTargetReference(const SoftmaxLossOptions& options, T label,
                             int64_t k) {
  const int64_t classes = options.lines.length;
  const T smoothing = options.label_smoothing;
  const bool is_true_class = ClassOfLabel(label, classes) == k;
  return (is_true_class ? 1 - smoothing : 0) + smoothing / T(classes);
}

template <typename T>
void SoftmaxLossForwardReference(const SoftmaxLossOptions& options,
                                 const SoftmaxLossForwardArgs<T>& args) {
  const AxisLines& lines = options.lines;
  T total = 0;
  for (int64_t i = 0; i < lines.count(); ++i) {
    const T* x = lines.first(args.x, i);
    const int64_t stride = lines.stride(args.x);
    T largest = x[0];
    for (int64_t k = 1; k < lines.length; ++k) {
      largest = std::max(largest, x[k * stride]);
    }
    T sum = 0;
    for (int64_t k = 0; k < lines.length; ++k) {
      sum += std::exp(x[k * stride] - largest);
    }
    const T label = *ElementAt(args.labels, options.labels, i);
    for (int64_t k = 0; k < lines.length; ++k) {
      const T log_p = x[k * stride] - largest - std::log(sum);
      args.probabilities[i * lines.length + k] = std::exp(log_p);
      if (args.y.data != nullptr) {
        lines.first(args.y, i)[k * lines.stride(args.y)] = std::exp(log_p);
      }
      if (IsIgnored(options, label)) continue;
      total -= SoftmaxLossTargetReference(options, label, k) * log_p;
    }
  }
  *args.loss = total / T(SoftmaxLossNormalizerReference(options, args.labels));
  *args.count = T(SoftmaxLossCountReference(options, args.labels));
}

template <typename T>
void SoftmaxLossBackwardReference(const SoftmaxLossOptions& options,
                                  const SoftmaxLossBackwardArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  const AxisLines& lines = options.lines;
  const T scale =
      *args.dloss / T(SoftmaxLossNormalizerReference(options, args.labels));
  for (int64_t i = 0; i < lines.count(); ++i) {
    const T label = *ElementAt(args.labels, options.labels, i);
    const T* p = args.probabilities + i * lines.length;
    const auto dy = [&](int64_t k) {
      return args.dy.data == nullptr
                 ? T(0)
                 : lines.first(args.dy, i)[k * lines.stride(args.dy)];
    };
    T mean = 0;
    for (int64_t k = 0; k < lines.length; ++k) mean += p[k] * dy(k);
    for (int64_t k = 0; k < lines.length; ++k) {
      T grad = p[k] * (dy(k) - mean);
      if (!IsIgnored(options, label)) {
        grad += scale * (p[k] - SoftmaxLossTargetReference(options, label, k));
      }
      StoreGrad(args.dx_mode, grad,
                lines.first(args.dx, i) + k * lines.stride(args.dx));
    }
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_REFERENCE_H_
