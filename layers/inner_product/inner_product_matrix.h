// Tensors as the matrices that products take.

#ifndef TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_MATRIX_H_
#define TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_MATRIX_H_

#include <cstdint>
#include <limits>

#include "kernels/strided.h"
#include "layers/inner_product/inner_product_kernel.h"

namespace tamp {

// A matrix with dense rows.
template <typename T>
struct Matrix {
  T* data = nullptr;
  int64_t row_stride = 0;  // elements between rows; 0: rows are not dense
};

// The tensor as a matrix of `columns` where it lies; row_stride 0 where its
// strides do not allow that.
template <typename T>
Matrix<T> MatrixInPlace(Strided<T> tensor, const InnerProductExtents& extents,
                        int64_t columns) {
  const int64_t image = extents.channels * extents.spatial;
  const bool dense_image =
      extents.channels == 1 || tensor.channel_stride == extents.spatial;
  const bool dense_batch = extents.num == 1 || tensor.image_stride == image;
  const bool even_channels =
      extents.num == 1 ||
      tensor.image_stride == extents.channels * tensor.channel_stride;
  int64_t row_stride = 0;
  if (dense_image && dense_batch) {
    row_stride = columns;
  } else if (dense_image && columns == image) {
    row_stride = tensor.image_stride;
  } else if (even_channels && columns == extents.spatial) {
    row_stride = tensor.channel_stride;
  }
  const bool fits =
      row_stride >= columns && row_stride <= std::numeric_limits<int>::max();
  return {tensor.data, fits ? row_stride : 0};
}

}  // namespace tamp

#endif  // TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_MATRIX_H_
