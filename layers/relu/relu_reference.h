// ReLU in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_LAYERS_RELU_RELU_REFERENCE_H_
#define TAMP_LAYERS_RELU_RELU_REFERENCE_H_

#include <cstdint>

#include "core/grad_mode.h"
#include "layers/relu/relu_kernel.h"

namespace tamp {

template <typename T>
void ReluForwardReference(const ReluOptions& options,
                          const ReluForwardArgs<T>& args) {
  for (int64_t n = 0; n < options.num; ++n) {
    for (int64_t c = 0; c < options.channels; ++c) {
      for (int64_t s = 0; s < options.spatial; ++s) {
        const T x = args.x.at(n, c)[s];
        args.y.at(n, c)[s] = x > 0 ? x : T(options.negative_slope) * x;
      }
    }
  }
}

template <typename T>
void ReluBackwardReference(const ReluOptions& options,
                           const ReluBackwardArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  for (int64_t n = 0; n < options.num; ++n) {
    for (int64_t c = 0; c < options.channels; ++c) {
      for (int64_t s = 0; s < options.spatial; ++s) {
        const T dy = args.dy.at(n, c)[s];
        const bool positive = args.y.at(n, c)[s] > 0;
        StoreGrad(args.dx_mode, positive ? dy : T(options.negative_slope) * dy,
                  args.dx.at(n, c) + s);
      }
    }
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_RELU_RELU_REFERENCE_H_
