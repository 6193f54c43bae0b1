// Broadcast: a tensor b repeated over a larger tensor x. In row-major order,
// element i of x goes with element (i / inner) % size of b, where size is the
// number of elements of b.

#ifndef TAMP_KERNELS_BROADCAST_H_
#define TAMP_KERNELS_BROADCAST_H_

#include <cstdint>

#include "core/host_device.h"
#include "kernels/extents.h"

namespace tamp {

struct Broadcast {
  Extents x, b;
  int64_t inner = 1;

  TAMP_HOST_DEVICE int64_t size() const { return b.count(); }

  // Calls function(k, begin, count) for each run of elements of one row of x
  // (row = image * channels + channel) that go with the same element k of b.
  template <typename Function>
  TAMP_HOST_DEVICE void ForEachRun(int64_t row,
                                   const Function& function) const {
    const int64_t first = row * x.spatial;
    for (int64_t s = 0; s < x.spatial;) {
      const int64_t i = first + s;
      const int64_t left = inner - i % inner;
      const int64_t count = left < x.spatial - s ? left : x.spatial - s;
      function(i / inner % size(), s, count);
      s += count;
    }
  }

  // Calls function(image, channel, begin, count) for each run of elements of x
  // that go with element k of b, in row-major order.
  template <typename Function>
  TAMP_HOST_DEVICE void ForEachPart(int64_t k, const Function& function) const {
    const int64_t period = size() * inner;
    for (int64_t start = k * inner; start < x.count(); start += period) {
      const int64_t end = start + inner;
      for (int64_t i = start; i < end;) {
        const int64_t row = i / x.spatial, s = i % x.spatial;
        const int64_t count = end - i < x.spatial - s ? end - i : x.spatial - s;
        function(row / x.channels, row % x.channels, s, count);
        i += count;
      }
    }
  }
};

}  // namespace tamp

#endif  // TAMP_KERNELS_BROADCAST_H_
