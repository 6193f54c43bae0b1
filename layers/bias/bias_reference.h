// Bias in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_LAYERS_BIAS_BIAS_REFERENCE_H_
#define TAMP_LAYERS_BIAS_BIAS_REFERENCE_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "layers/bias/bias_kernel.h"

namespace tamp {

template <typename T>
void BiasForwardReference(const Broadcast& broadcast,
                          const BiasForwardArgs<T>& args) {
  for (int64_t i = 0; i < broadcast.x.count(); ++i) {
    const int64_t k = i / broadcast.inner % broadcast.size();
    *ElementAt(args.y, broadcast.x, i) = *ElementAt(args.x, broadcast.x, i) +
                                         *ElementAt(args.bias, broadcast.b, k);
  }
}

template <typename T>
void BiasInputGradReference(const Broadcast& broadcast,
                            const BiasInputGradArgs<T>& args) {
  if (args.dx_mode == GradMode::kSkip) return;
  for (int64_t i = 0; i < broadcast.x.count(); ++i) {
    StoreGrad(args.dx_mode, *ElementAt(args.dy, broadcast.x, i),
              ElementAt(args.dx, broadcast.x, i));
  }
}

template <typename T>
void BiasParameterGradReference(const Broadcast& broadcast,
                                const BiasParameterGradArgs<T>& args) {
  if (args.dbias_mode == GradMode::kSkip) return;
  for (int64_t k = 0; k < broadcast.size(); ++k) {
    T dbias = 0;
    for (int64_t i = 0; i < broadcast.x.count(); ++i) {
      if (i / broadcast.inner % broadcast.size() == k) {
        dbias += *ElementAt(args.dy, broadcast.x, i);
      }
    }
    StoreGrad(args.dbias_mode, dbias, ElementAt(args.dbias, broadcast.b, k));
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_BIAS_BIAS_REFERENCE_H_
