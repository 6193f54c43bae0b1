// The lines of a shape: for the host, which knows shapes. Apart from AxisLines,
// which kernels on a device read.

#ifndef TAMP_KERNELS_LINES_ALONG_H_
#define TAMP_KERNELS_LINES_ALONG_H_

#include "kernels/axis_lines.h"

namespace tamp {

class Shape;

// The lines of a shape along an axis. REQUIRES: 0 <= axis < shape.rank().
AxisLines LinesAlong(const Shape& shape, int axis);

}  // namespace tamp

#endif  // TAMP_KERNELS_LINES_ALONG_H_
