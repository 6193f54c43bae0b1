// Sigmoid in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_LAYERS_SIGMOID_SIGMOID_REFERENCE_H_
#define TAMP_LAYERS_SIGMOID_SIGMOID_REFERENCE_H_

#include <cmath>
#include <cstdint>

#include "kernels/grad_mode.h"
#include "layers/sigmoid/sigmoid_kernel.h"

namespace tamp {

template <typename T>
void SigmoidForwardReference(const SigmoidOptions& options,
                             const ElementwiseForwardArgs<T>& args) {
  for (int64_t i = 0; i < options.extents.count(); ++i) {
    const T x = *ElementAt(args.x, options.extents, i);
    *ElementAt(args.y, options.extents, i) = 1 / (1 + std::exp(-x));
  }
}

template <typename T>
void SigmoidBackwardReference(const SigmoidOptions& options,
                              const ElementwiseBackwardArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  for (int64_t i = 0; i < options.extents.count(); ++i) {
    const T y = *ElementAt(args.y, options.extents, i);
    const T dy = *ElementAt(args.dy, options.extents, i);
    StoreGrad(args.dx_mode, dy * y * (1 - y),
              ElementAt(args.dx, options.extents, i));
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_SIGMOID_SIGMOID_REFERENCE_H_
