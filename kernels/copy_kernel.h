// CopyKernel: moves elements between strided tensors, for layers that only
// rearrange (Concat, Slice, Split, Flatten) and their gradients.

#ifndef TAMP_KERNELS_COPY_KERNEL_H_
#define TAMP_KERNELS_COPY_KERNEL_H_

#include <cstdint>

#include "core/host_device.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

// A box of elements: in so many images and channels, so many rows of adjoining
// elements. Rows of one channel begin a pitch apart, in x and in y.
struct CopyBlock {
  int64_t num = 1, channels = 1, rows = 1, columns = 1;
  int64_t x_row_pitch = 0, y_row_pitch = 0;

  TAMP_HOST_DEVICE int64_t count() const {
    return num * channels * rows * columns;
  }
};

// The same block with rows as long as the strides allow.
inline CopyBlock MergedRows(CopyBlock block, int64_t x_channel_stride,
                            int64_t y_channel_stride) {
  if (block.x_row_pitch == block.columns &&
      block.y_row_pitch == block.columns) {
    block.columns *= block.rows;
    block.rows = 1;
  }
  if (block.rows == 1 && x_channel_stride == block.columns &&
      y_channel_stride == block.columns) {
    block.columns *= block.channels;
    block.channels = 1;
  }
  return block;
}

// x and y are disjoint, or the same elements; then kWrite does nothing.
class CopyKernel {
 public:
  virtual ~CopyKernel() = default;

  // y = x or y += x in the block that starts at x.data and y.data.
  virtual void Copy(const CopyBlock& block, const Strided<const float>& x,
                    const Strided<float>& y, GradMode mode) = 0;

  // y = 0 in the block that starts at y.data.
  virtual void SetZero(const CopyBlock& block, const Strided<float>& y) = 0;

  // y = x or y += x for tensors of different shapes: element number i of y in
  // row-major order comes from element number i of x.
  // REQUIRES: x_extents.count() == y_extents.count().
  virtual void CopyInOrder(const Strided<const float>& x,
                           const Extents& x_extents, const Strided<float>& y,
                           const Extents& y_extents, GradMode mode) = 0;
};

}  // namespace tamp

#endif  // TAMP_KERNELS_COPY_KERNEL_H_
