// AxisPart: one of the parts that a tensor is cut into along an axis, for
// layers that join or cut tensors.

#ifndef TAMP_KERNELS_AXIS_PART_H_
#define TAMP_KERNELS_AXIS_PART_H_

#include <cstdint>

#include "core/host_device.h"
#include "kernels/copy_kernel.h"
#include "kernels/strided.h"

namespace tamp {

struct AxisPart {
  // The part's extents; x is the part and y the whole.
  CopyBlock part_to_whole;
  // Where the part begins in the whole; two of the three are 0.
  int64_t first_image = 0, first_channel = 0, first_element = 0;

  // The same elements with x the whole and y the part.
  TAMP_HOST_DEVICE CopyBlock whole_to_part() const {
    CopyBlock block = part_to_whole;
    block.x_row_pitch = part_to_whole.y_row_pitch;
    block.y_row_pitch = part_to_whole.x_row_pitch;
    return block;
  }

  // The part's first element within the whole, with the whole's strides.
  template <typename T>
  TAMP_HOST_DEVICE Strided<T> In(Strided<T> whole) const {
    whole.data = whole.at(first_image, first_channel) + first_element;
    return whole;
  }
};

}  // namespace tamp

#endif  // TAMP_KERNELS_AXIS_PART_H_
