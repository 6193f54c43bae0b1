// ReLU in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_LAYERS_RELU_RELU_REFERENCE_H_
#define TAMP_LAYERS_RELU_RELU_REFERENCE_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "layers/relu/relu_kernel.h"

namespace tamp {

template <typename T>
void ReluForwardReference(const ReluOptions& options,
                          const ElementwiseForwardArgs<T>& args) {
  for (int64_t i = 0; i < options.extents.count(); ++i) {
    const T x = *ElementAt(args.x, options.extents, i);
    *ElementAt(args.y, options.extents, i) =
        x > 0 ? x : T(options.negative_slope) * x;
  }
}

template <typename T>
void ReluBackwardReference(const ReluOptions& options,
                           const ElementwiseBackwardArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  for (int64_t i = 0; i < options.extents.count(); ++i) {
    const T dy = *ElementAt(args.dy, options.extents, i);
    const bool is_positive = *ElementAt(args.y, options.extents, i) > 0;
    StoreGrad(args.dx_mode, is_positive ? dy : T(options.negative_slope) * dy,
              ElementAt(args.dx, options.extents, i));
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_RELU_RELU_REFERENCE_H_
