// Moments: what parts of a set of values know of their mean and variance.

#ifndef TAMP_KERNELS_MOMENTS_H_
#define TAMP_KERNELS_MOMENTS_H_

#include "core/host_device.h"

namespace tamp {

// Mean and the sum of squared deviations of `count` values.
struct Moments {
  double count = 0, mean = 0, squares = 0;
};

// The moments of both together (Chan et al. 1979).
TAMP_HOST_DEVICE inline void AddMoments(const Moments& part, Moments* all) {
  if (part.count == 0) return;
  const double count = all->count + part.count;
  const double difference = part.mean - all->mean;
  all->squares +=
      part.squares + difference * difference * all->count * part.count / count;
  all->mean += difference * part.count / count;
  all->count = count;
}

}  // namespace tamp

#endif  // TAMP_KERNELS_MOMENTS_H_
