// ELU in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_LAYERS_ELU_ELU_REFERENCE_H_
#define TAMP_LAYERS_ELU_ELU_REFERENCE_H_

#include <cmath>
#include <cstdint>

#include "kernels/grad_mode.h"
#include "layers/elu/elu_kernel.h"

namespace tamp {

template <typename T>
void EluForwardReference(const EluOptions& options,
                         const ElementwiseForwardArgs<T>& args) {
  for (int64_t i = 0; i < options.extents.count(); ++i) {
    const T x = *ElementAt(args.x, options.extents, i);
    *ElementAt(args.y, options.extents, i) =
        x > 0 ? x : T(options.alpha) * std::expm1(x);
  }
}

template <typename T>
void EluBackwardReference(const EluOptions& options,
                          const ElementwiseBackwardArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  for (int64_t i = 0; i < options.extents.count(); ++i) {
    const T y = *ElementAt(args.y, options.extents, i);
    const T dy = *ElementAt(args.dy, options.extents, i);
    StoreGrad(args.dx_mode, y > 0 ? dy : dy * (y + T(options.alpha)),
              ElementAt(args.dx, options.extents, i));
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_ELU_ELU_REFERENCE_H_
