// TensorView: a shape and the place of its elements; owns nothing.
//
// Axis 0 (images) and axis 1 (channels) have strides, the axes behind them are
// dense. See kernels/strided.h.

#ifndef TAMP_LAYERS_TENSOR_H_
#define TAMP_LAYERS_TENSOR_H_

#include <cstdint>

#include "core/check.h"
#include "core/shape.h"
#include "kernels/strided.h"

namespace tamp {

template <typename T>
struct TensorView {
  T* data = nullptr;
  Shape shape;
  int64_t image_stride = 0;
  int64_t channel_stride = 0;

  // All elements adjoin in row-major order (NCHW).
  static TensorView Dense(T* data, const Shape& shape) {
    return {data, shape, shape.channels() * shape.spatial(), shape.spatial()};
  }

  bool is_dense() const {
    return (shape.channels() == 1 || channel_stride == shape.spatial()) &&
           (shape.num() == 1 ||
            image_stride == shape.channels() * shape.spatial());
  }

  Strided<T> strided() const { return {data, image_stride, channel_stride}; }

  // The channels begin..begin+count-1 of the same memory.
  TensorView Channels(int64_t begin, int64_t count) const {
    CHECK(begin >= 0 && begin + count <= shape.channels()) << shape;
    TensorView slice = *this;
    slice.data += begin * channel_stride;
    slice.shape.set_dim(1, count);
    return slice;
  }

  // The images begin..begin+count-1 of the same memory.
  TensorView Images(int64_t begin, int64_t count) const {
    CHECK(begin >= 0 && begin + count <= shape.num()) << shape;
    TensorView slice = *this;
    slice.data += begin * image_stride;
    slice.shape.set_dim(0, count);
    return slice;
  }

  operator TensorView<const T>() const {
    return {data, shape, image_stride, channel_stride};
  }
};

using View = TensorView<float>;
using ConstView = TensorView<const float>;

}  // namespace tamp

#endif  // TAMP_LAYERS_TENSOR_H_
