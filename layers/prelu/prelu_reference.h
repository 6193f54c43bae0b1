// PReLU in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_LAYERS_PRELU_PRELU_REFERENCE_H_
#define TAMP_LAYERS_PRELU_PRELU_REFERENCE_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "layers/prelu/prelu_kernel.h"

namespace tamp {

template <typename T>
void PreluForwardReference(const Broadcast& broadcast,
                           const PreluForwardArgs<T>& args) {
  for (int64_t i = 0; i < broadcast.x.count(); ++i) {
    const int64_t k = i / broadcast.inner % broadcast.size();
    const T x = *ElementAt(args.x, broadcast.x, i);
    *ElementAt(args.y, broadcast.x, i) =
        x > 0 ? x : *ElementAt(args.slope, broadcast.b, k) * x;
  }
}

template <typename T>
void PreluBackwardReference(const Broadcast& broadcast,
                            const PreluBackwardArgs<T>& args) {
  for (int64_t k = 0; k < broadcast.size(); ++k) {
    const T slope = *ElementAt(args.slope, broadcast.b, k);
    T dslope = 0;
    for (int64_t i = 0; i < broadcast.x.count(); ++i) {
      if (i / broadcast.inner % broadcast.size() != k) continue;
      const T x = *ElementAt(args.x, broadcast.x, i);
      const T dy = *ElementAt(args.dy, broadcast.x, i);
      if (!(x > 0)) dslope += dy * x;
      if (args.dx_mode == GradMode::kSkip) continue;
      StoreGrad(args.dx_mode, x > 0 ? dy : slope * dy,
                ElementAt(args.dx, broadcast.x, i));
    }
    if (args.dslope_mode == GradMode::kSkip) continue;
    StoreGrad(args.dslope_mode, dslope, ElementAt(args.dslope, broadcast.b, k));
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_PRELU_PRELU_REFERENCE_H_
