// Dropout in plain loops: the definition that fast kernels are held against.

#ifndef TAMP_LAYERS_DROPOUT_DROPOUT_REFERENCE_H_
#define TAMP_LAYERS_DROPOUT_DROPOUT_REFERENCE_H_

#include <cstdint>

#include "kernels/dropout_mask.h"
#include "kernels/grad_mode.h"
#include "layers/dropout/dropout_kernel.h"

namespace tamp {

template <typename T>
void DropoutReference(const Extents& extents, const DropoutMask& mask,
                      const DropoutArgs<T>& args) {
  if (args.y_mode == GradMode::kSkip) return;
  for (int64_t i = 0; i < extents.count(); ++i) {
    StoreGrad(args.y_mode, *ElementAt(args.x, extents, i) * T(mask.Factor(i)),
              ElementAt(args.y, extents, i));
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_DROPOUT_DROPOUT_REFERENCE_H_
