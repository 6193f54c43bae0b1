// GradMode: what a backward kernel does with a gradient that it computes.
//
// It replaces both a "propagate down" flag and layers that sum gradients: where
// a value has several consumers, the first to run writes and the others add.

#ifndef TAMP_KERNELS_GRAD_MODE_H_
#define TAMP_KERNELS_GRAD_MODE_H_

#include "core/host_device.h"

namespace tamp {

enum class GradMode {
  kSkip,   // not wanted; the pointer may be null
  kWrite,  // overwrite whatever the buffer holds (it may be NaN)
  kAdd,    // add to what the buffer holds
};

// Stores or adds one element. REQUIRES: mode is not kSkip.
template <typename T>
TAMP_HOST_DEVICE inline void StoreGrad(GradMode mode, T value, T* destination) {
  *destination = mode == GradMode::kAdd ? *destination + value : value;
}

}  // namespace tamp

#endif  // TAMP_KERNELS_GRAD_MODE_H_
