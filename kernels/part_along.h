// The parts of a shape: for the host, which knows shapes. Apart from AxisPart,
// which kernels on a device read.

#ifndef TAMP_KERNELS_PART_ALONG_H_
#define TAMP_KERNELS_PART_ALONG_H_

#include <cstdint>

#include "kernels/axis_part.h"

namespace tamp {

class Shape;

// The elements begin..begin+extent-1 along an axis of a shape.
// REQUIRES: 0 <= axis < shape.rank(), 0 <= begin, 0 < extent,
// begin + extent <= shape.dim(axis).
AxisPart PartAlong(const Shape& whole, int axis, int64_t begin, int64_t extent);

}  // namespace tamp

#endif  // TAMP_KERNELS_PART_ALONG_H_
