#include "kernels/part_along.h"

#include "core/check.h"
#include "core/shape.h"

namespace tamp {

AxisPart PartAlong(const Shape& whole, int axis, int64_t begin,
                   int64_t extent) {
  CHECK(begin >= 0 && extent > 0 && begin + extent <= whole.dim(axis))
      << begin << "+" << extent << " of axis " << axis << " of " << whole;
  AxisPart part;
  CopyBlock& block = part.part_to_whole;
  block.num = axis == 0 ? extent : whole.num();
  block.channels = axis == 1 ? extent : whole.channels();
  if (axis < 2) {
    block.columns = whole.spatial();
    block.x_row_pitch = block.y_row_pitch = block.columns;
    (axis == 0 ? part.first_image : part.first_channel) = begin;
  } else {
    const int64_t inner = whole.count(axis + 1);
    block.rows = whole.count(2, axis);
    block.columns = block.x_row_pitch = extent * inner;
    block.y_row_pitch = whole.dim(axis) * inner;
    part.first_element = begin * inner;
  }
  return part;
}

}  // namespace tamp
