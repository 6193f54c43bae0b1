// Convolution as networks know it: the correlation of a map with learned
// kernels (LeCun et al. 1989; the fields are Caffe's). With s = stride,
// p = pad, d = dilation, along both axes:
//
//   y[n, k, i, j] = bias[k] + sum over c, u, v of
//                   w[k, c, u, v] * x[n, c, i s - p + u d, j s - p + v d]
//
// where x is 0 outside of the map, and c runs over the channels of k's group:
// channels and outputs fall into `group` equal parts. Backward:
//
//   dx[n, c, h, w]  = sum over k, u, v of w[k, c, u, v] * dy[n, k, i, j],
//                     where i s - p + u d = h and j s - p + v d = w
//   dw[k, c, u, v]  = sum over n, i, j of
//                     dy[n, k, i, j] * x[n, c, i s - p + u d, j s - p + v d]
//   dbias[k]        = sum over n, i, j of dy[n, k, i, j]
//
// In bfloat16 (precision is kBf16) x, w and dy are rounded where they enter a
// product: for y, dx and dw.
//
// w is dense: num_output x (channels / group) x kernel_h x kernel_w.

#ifndef TAMP_LAYERS_CONVOLUTION_CONVOLUTION_KERNEL_H_
#define TAMP_LAYERS_CONVOLUTION_CONVOLUTION_KERNEL_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "kernels/strided.h"

namespace tamp {

struct ConvolutionOptions {
  int64_t num = 0, channels = 0, height = 0, width = 0;
  int64_t num_output = 0, group = 1;
  int64_t kernel_h = 1, kernel_w = 1;
  int64_t pad_h = 0, pad_w = 0;
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  ProductPrecision precision = ProductPrecision::kFloat32;

  int64_t output_h() const {
    return OutputExtent(height, kernel_h, pad_h, stride_h, dilation_h);
  }
  int64_t output_w() const {
    return OutputExtent(width, kernel_w, pad_w, stride_w, dilation_w);
  }
  // Weights of one output.
  int64_t fan_in() const { return channels / group * kernel_h * kernel_w; }

  static int64_t OutputExtent(int64_t input, int64_t kernel, int64_t pad,
                              int64_t stride, int64_t dilation) {
    return (input + 2 * pad - (dilation * (kernel - 1) + 1)) / stride + 1;
  }
};

template <typename T>
struct ConvolutionForwardArgs {
  Strided<const T> x;
  const T* w = nullptr;
  const T* bias = nullptr;  // null: 0
  Strided<T> y;
  void* workspace = nullptr;
};

template <typename T>
struct ConvolutionBackwardArgs {
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

class ConvolutionKernel {
 public:
  virtual ~ConvolutionKernel() = default;
  virtual int64_t forward_workspace_bytes() const = 0;
  virtual int64_t backward_workspace_bytes() const = 0;
  virtual void Forward(const ConvolutionForwardArgs<float>& args) = 0;
  virtual void Backward(const ConvolutionBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_CONVOLUTION_KERNEL_H_
