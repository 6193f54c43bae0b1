// MemoryTraits: how a device likes its memory laid out. Whoever plans memory
// gets them as a value, so that a plan stays a pure function.

#ifndef TAMP_CORE_DEVICE_MEMORY_TRAITS_H_
#define TAMP_CORE_DEVICE_MEMORY_TRAITS_H_

#include <cstdint>

namespace tamp {

struct MemoryTraits {
  // Bytes, a multiple of sizeof(float): whatever gets a place in a block of
  // memory (tensors, saved memory, workspaces, parameters) begins at a multiple
  // of it.
  int64_t alignment = sizeof(float);
  // Pixels of the largest map whose images should lie side by side in a channel
  // (CNHW); larger ones lie apart (NCHW). 0: all lie apart.
  int64_t largest_cnhw_map = 0;
  // Bytes: channels or images a multiple of it apart get in each other's way,
  // so that such strides grow by row_granularity. 0: none do.
  int64_t conflicting_stride = 0;
  // Bytes, a multiple of sizeof(float).
  int64_t row_granularity = sizeof(float);

  // Up to the next multiple of the alignment.
  int64_t Aligned(int64_t bytes) const {
    return (bytes + alignment - 1) / alignment * alignment;
  }
};

}  // namespace tamp

#endif  // TAMP_CORE_DEVICE_MEMORY_TRAITS_H_
