#include "kernels/lines_along.h"

#include "core/shape.h"

namespace tamp {

AxisLines LinesAlong(const Shape& shape, int axis) {
  AxisLines lines;
  lines.length = shape.dim(axis);
  if (axis == 0) {
    lines.axis = AxisLines::Axis::kImages;
    lines.channels = shape.channels();
    lines.columns = shape.spatial();
  } else if (axis == 1) {
    lines.axis = AxisLines::Axis::kChannels;
    lines.num = shape.num();
    lines.columns = shape.spatial();
  } else {
    lines.axis = AxisLines::Axis::kWithinChannel;
    lines.num = shape.num();
    lines.channels = shape.channels();
    lines.rows = shape.count(2, axis);
    lines.columns = shape.count(axis + 1);
  }
  return lines;
}

}  // namespace tamp
