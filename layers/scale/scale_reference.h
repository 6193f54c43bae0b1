// Scale in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_LAYERS_SCALE_SCALE_REFERENCE_H_
#define TAMP_LAYERS_SCALE_SCALE_REFERENCE_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "layers/scale/scale_kernel.h"

namespace tamp {

template <typename T>
void ScaleForwardReference(const Broadcast& broadcast,
                           const ScaleForwardArgs<T>& args) {
  for (int64_t i = 0; i < broadcast.x.count(); ++i) {
    const int64_t k = i / broadcast.inner % broadcast.size();
    const T bias = args.bias.data == nullptr
                       ? T(0)
                       : *ElementAt(args.bias, broadcast.b, k);
    *ElementAt(args.y, broadcast.x, i) =
        *ElementAt(args.x, broadcast.x, i) *
            *ElementAt(args.scale, broadcast.b, k) +
        bias;
  }
}

template <typename T>
void ScaleInputGradReference(const Broadcast& broadcast,
                             const ScaleInputGradArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  for (int64_t i = 0; i < broadcast.x.count(); ++i) {
    const int64_t k = i / broadcast.inner % broadcast.size();
    StoreGrad(args.dx_mode,
              *ElementAt(args.dy, broadcast.x, i) *
                  *ElementAt(args.scale, broadcast.b, k),
              ElementAt(args.dx, broadcast.x, i));
  }
}

template <typename T>
void ScaleParameterGradReference(const Broadcast& broadcast,
                                 const ScaleParameterGradArgs<T>& args) {
  for (int64_t k = 0; k < broadcast.size(); ++k) {
    T dscale = 0, dbias = 0;
    for (int64_t i = 0; i < broadcast.x.count(); ++i) {
      if (i / broadcast.inner % broadcast.size() != k) continue;
      const T dy = *ElementAt(args.dy, broadcast.x, i);
      dscale += dy * *ElementAt(args.x, broadcast.x, i);
      dbias += dy;
    }
    if (args.dscale_mode != GradMode::kSkip) {
      StoreGrad(args.dscale_mode, dscale,
                ElementAt(args.dscale, broadcast.b, k));
    }
    if (args.dbias_mode != GradMode::kSkip) {
      StoreGrad(args.dbias_mode, dbias, ElementAt(args.dbias, broadcast.b, k));
    }
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_SCALE_SCALE_REFERENCE_H_
