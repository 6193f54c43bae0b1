// Inner product (fully connected layer), row by row over x and y as matrices:
//
//   y[r, o] = bias[o] + sum over i of w[o, i] * x[r, i]
//
//   dx[r, i] = sum over o of w[o, i] * dy[r, o]
//   dw[o, i] = sum over r of dy[r, o] * x[r, i]
//   dbias[o] = sum over r of dy[r, o]
//
// w is dense, num_outputs x num_inputs, or with `transposed` num_inputs x
// num_outputs. x and y are tensors whose elements, in row-major order of image,
// channel and position, are those of the matrices.

#ifndef TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_KERNEL_H_
#define TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_KERNEL_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

// The extents of a tensor that stands for a matrix.
struct InnerProductExtents {
  int64_t num = 1, channels = 1, spatial = 1;
};

struct InnerProductOptions {
  int64_t num_rows = 0, num_inputs = 0, num_outputs = 0;
  InnerProductExtents x, y;
  bool transposed = false;
};

template <typename T>
struct InnerProductForwardArgs {
  Strided<const T> x;
  const T* w = nullptr;
  const T* bias = nullptr;  // null: 0
  Strided<T> y;
  void* workspace = nullptr;
};

template <typename T>
struct InnerProductBackwardArgs {
  Strided<const T> x;
  const T* w = nullptr;
  Strided<const T> dy;
  Strided<T> dx;
  GradMode dx_mode = GradMode::kWrite;
  T* dw = nullptr;
  GradMode dw_mode = GradMode::kWrite;
  T* dbias = nullptr;
  GradMode dbias_mode = GradMode::kSkip;
  void* workspace = nullptr;
};

class InnerProductKernel {
 public:
  virtual ~InnerProductKernel() = default;
  virtual int64_t forward_workspace_bytes() const = 0;
  virtual int64_t backward_workspace_bytes() const = 0;
  virtual void Forward(const InnerProductForwardArgs<float>& args) = 0;
  virtual void Backward(const InnerProductBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_INNER_PRODUCT_INNER_PRODUCT_KERNEL_H_
