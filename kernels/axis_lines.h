// AxisLines: a tensor seen as lines along one of its axes, for layers that work
// on one line at a time (softmax over the classes, accuracy).
//
// A tensor of shape [2, 3, 4] has 8 lines of length 3 along axis 1. Lines are
// numbered in row-major order of the shape without that axis.

#ifndef TAMP_KERNELS_AXIS_LINES_H_
#define TAMP_KERNELS_AXIS_LINES_H_

#include <cstdint>

#include "core/host_device.h"
#include "kernels/strided.h"

namespace tamp {

struct AxisLines {
  enum class Axis { kImages, kChannels, kWithinChannel };

  Axis axis = Axis::kChannels;
  int64_t length = 1;  // elements of a line
  // Lines start in so many images, channels, and rows and columns of a channel;
  // the axis itself counts as 1.
  int64_t num = 1, channels = 1, rows = 1, columns = 1;

  TAMP_HOST_DEVICE int64_t count() const {
    return num * channels * rows * columns;
  }

  // Elements between neighbors on a line.
  template <typename T>
  TAMP_HOST_DEVICE int64_t stride(const Strided<T>& x) const {
    switch (axis) {
      case Axis::kImages:
        return x.image_stride;
      case Axis::kChannels:
        return x.channel_stride;
      case Axis::kWithinChannel:
        break;
    }
    return columns;
  }

  // The first element of a line.
  template <typename T>
  TAMP_HOST_DEVICE T* first(const Strided<T>& x, int64_t line) const {
    const int64_t column = line % columns;
    line /= columns;
    const int64_t row = line % rows;
    line /= rows;
    const int64_t row_pitch =
        axis == Axis::kWithinChannel ? length * columns : columns;
    return x.at(line / channels, line % channels) + row * row_pitch + column;
  }
};

}  // namespace tamp

#endif  // TAMP_KERNELS_AXIS_LINES_H_
