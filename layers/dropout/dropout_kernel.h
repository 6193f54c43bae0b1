// Dropout (Srivastava et al. 2014), inverted: what is kept is scaled up in
// training, so that nothing is left to do in testing.
//
//   y  = x * m
//   dx = dy * m
//
// where m is 0 or mask.kept = 1 / (1 - ratio) by the mask of
// kernels/dropout_mask.h, with elements numbered in row-major order of the
// tensor. A mask of threshold 0 keeps everything: m is mask.kept.

#ifndef TAMP_LAYERS_DROPOUT_DROPOUT_KERNEL_H_
#define TAMP_LAYERS_DROPOUT_DROPOUT_KERNEL_H_

#include <cstdint>

#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

struct DropoutMask;

// Forward and backward are the same: y = x * m or y += x * m.
template <typename T>
struct DropoutArgs {
  Strided<const T> x;
  Strided<T> y;  // may be x when y_mode is kWrite
  GradMode y_mode = GradMode::kWrite;
};

class DropoutKernel {
 public:
  virtual ~DropoutKernel() = default;
  virtual void Apply(const DropoutMask& mask,
                     const DropoutArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_DROPOUT_DROPOUT_KERNEL_H_
