// Extents: the size of a tensor in the three groups of axes that strided
// kernels know; see kernels/strided.h.

#ifndef TAMP_KERNELS_EXTENTS_H_
#define TAMP_KERNELS_EXTENTS_H_

#include <cstdint>

#include "core/host_device.h"
#include "kernels/strided.h"

namespace tamp {

struct Extents {
  int64_t num = 1, channels = 1, spatial = 1;

  TAMP_HOST_DEVICE int64_t count() const { return num * channels * spatial; }
};

// The element that is number `index` in row-major order.
// REQUIRES: 0 <= index < extents.count().
template <typename T>
TAMP_HOST_DEVICE T* ElementAt(const Strided<T>& x, const Extents& extents,
                              int64_t index) {
  const int64_t row = index / extents.spatial;
  return x.at(row / extents.channels, row % extents.channels) +
         index % extents.spatial;
}

// The same extents seen as rows as long as possible: one row an image where the
// channels adjoin in all given tensors, else one row a channel. For work that
// is done element by element.
template <typename... T>
TAMP_HOST_DEVICE Extents MergedRows(const Extents& extents,
                                    const Strided<T>&... tensors) {
  const bool all_adjoin = (... && (tensors.channel_stride == extents.spatial));
  if (!all_adjoin) return extents;
  return {extents.num, 1, extents.channels * extents.spatial};
}

}  // namespace tamp

#endif  // TAMP_KERNELS_EXTENTS_H_
