// Softmax in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_LAYERS_SOFTMAX_SOFTMAX_REFERENCE_H_
#define TAMP_LAYERS_SOFTMAX_SOFTMAX_REFERENCE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "kernels/grad_mode.h"
#include "layers/softmax/softmax_kernel.h"

namespace tamp {

template <typename T>
void SoftmaxForwardReference(const AxisLines& lines,
                             const SoftmaxForwardArgs<T>& args) {
  for (int64_t i = 0; i < lines.count(); ++i) {
    const T* x = lines.first(args.x, i);
    T* y = lines.first(args.y, i);
    const int64_t x_stride = lines.stride(args.x);
    const int64_t y_stride = lines.stride(args.y);
    T largest = x[0];
    for (int64_t k = 1; k < lines.length; ++k) {
      largest = std::max(largest, x[k * x_stride]);
    }
    T sum = 0;
    for (int64_t k = 0; k < lines.length; ++k) {
      sum += std::exp(x[k * x_stride] - largest);
    }
    for (int64_t k = 0; k < lines.length; ++k) {
      y[k * y_stride] = std::exp(x[k * x_stride] - largest) / sum;
    }
  }
}

template <typename T>
void SoftmaxBackwardReference(const AxisLines& lines,
                              const SoftmaxBackwardArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  for (int64_t i = 0; i < lines.count(); ++i) {
    const T* y = lines.first(args.y, i);
    const T* dy = lines.first(args.dy, i);
    T* dx = lines.first(args.dx, i);
    T mean = 0;
    for (int64_t k = 0; k < lines.length; ++k) {
      mean += y[k * lines.stride(args.y)] * dy[k * lines.stride(args.dy)];
    }
    for (int64_t k = 0; k < lines.length; ++k) {
      StoreGrad(
          args.dx_mode,
          y[k * lines.stride(args.y)] * (dy[k * lines.stride(args.dy)] - mean),
          dx + k * lines.stride(args.dx));
    }
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_SOFTMAX_REFERENCE_H_
