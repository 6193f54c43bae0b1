// A convolution of a DenseNet with all that surrounds it: what comes before
// happens while x is loaded, what comes after while y is still in the cache,
// and nothing in between is ever stored. Element by element:
//
//   z = max(0, scale[c] * x + shift[c])       normalizes; else z = x
//   z = average of z over 2x2 windows         pools (stride 2, floor)
//   y = w * z                                 3x3 with pad 1, or 1x1; or any
//                                             kernel, stride, pad: gathers
//   y = y * m                                 drops: kernels/dropout_mask.h
//   y = y + y_shift[k]                        shifts_output
//   y = max(0, y)                             rectifies_output
//   mean[k], variance[k] of y                 has_statistics
//
// scale and shift follow from the norm's statistics, gamma and beta, and p, q
// and r, below, from the finishing's (kernels/fused_norm.h). The norm behind
// the convolution, in nets for testing, has its scale in w and its shift in
// y_shift. The average pool belongs behind the convolution, but a 1x1
// convolution without bias and an average commute, and pooling first is a
// quarter of the work.
//
// Backward. The gradient of y comes as
//
//   dY = (p[k] * g + q[k] * y + r[k]) * m     or dY = g * m without finishing
//
// since the batch norms that read y share its statistics: g is the sum over
// them of gamma * dy, after their ReLU masks (kernels/shared_statistics.h).
//
// For x likewise: dz is the gradient of z before pooling, mask is 1 where
// scale[c] * x + shift[c] > 0, and
//
//   dx (+)= gamma[c] * dz * mask              dz where it does not normalize
//   dgamma[c] = sum(dz * mask * (x - mean[c]) * inv_std[c])
//   dbeta[c]  = sum(dz * mask)
//   dw        = dY * z^T
//
// where dx is the g of whoever made x.
//
// In bfloat16 (precision is kBf16) w, z after pooling and dY are rounded where
// they enter one of the three products: y, dz and dw.
//
// No absl or protobuf here: CUDA sources include this file.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_KERNEL_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_KERNEL_H_

#include <cstdint>

#include "core/host_device.h"
#include "kernels/dropout_mask.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "kernels/strided.h"

namespace tamp {

// What a processor multiplies where precision is kBf16: floats that are
// rounded, or pairs of bfloat16 where it can. To choose is for tests.
enum class Bf16Products { kFastest, kFloats, kPairs };

// REQUIRES: unless it gathers, kernel is 3 (pad 1) or 1 (pad 0); pools only
// with 1, and then height and width are at least 2.
struct FusedConvolutionOptions {
  int64_t num = 0, channels = 0, height = 0, width = 0;  // of x
  int64_t num_output = 0;
  int64_t kernel = 3;
  // Convolves the net's own images, which have few channels and need no
  // gradient: it neither normalizes nor pools, and dx_mode is kSkip.
  bool gathers = false;
  int64_t stride = 1, pad = 0;  // when it gathers
  bool normalizes = false;
  bool pools = false;
  bool drops = false;
  bool has_statistics = false;
  // Only in nets for testing, which neither drop nor have statistics.
  bool shifts_output = false;
  bool rectifies_output = false;
  ProductPrecision precision = ProductPrecision::kFloat32;
  Bf16Products bf16_products = Bf16Products::kFastest;

  TAMP_HOST_DEVICE int64_t output_h() const { return OutputExtent(height); }
  TAMP_HOST_DEVICE int64_t output_w() const { return OutputExtent(width); }
  TAMP_HOST_DEVICE int64_t output_size() const {
    return output_h() * output_w();
  }
  TAMP_HOST_DEVICE int64_t taps() const { return kernel * kernel; }

  // Extents of z, behind the pooling.
  TAMP_HOST_DEVICE int64_t z_height() const {
    return pools ? height / 2 : height;
  }
  TAMP_HOST_DEVICE int64_t z_width() const { return pools ? width / 2 : width; }
  TAMP_HOST_DEVICE int64_t z_size() const { return z_height() * z_width(); }

 private:
  TAMP_HOST_DEVICE int64_t OutputExtent(int64_t extent) const {
    if (gathers) return (extent + 2 * pad - kernel) / stride + 1;
    return pools ? extent / 2 : extent;
  }
};

template <typename T>
struct FusedConvolutionForwardArgs {
  Strided<const T> x;
  FusedNormForwardArgs<T> norm;  // of x, when normalizes
  const T* w = nullptr;          // num_output x channels x kernel x kernel
  Strided<T> y;
  // When drops. Elements of y are numbered in row-major order of
  // num x num_output x output_h x output_w.
  DropoutMask dropout;
  // Of y, when shifts_output: by running statistics, and nothing is written.
  FusedNormForwardArgs<T> output_norm;
  // When has_statistics: elements 2 k and 2 k + 1 are mean and biased variance
  // of output k, over images and positions, after dropout.
  T* statistics = nullptr;
  void* workspace = nullptr;
};

template <typename T>
struct FusedConvolutionBackwardArgs {
  Strided<const T> x;             // as in Forward
  FusedNormBackwardArgs<T> norm;  // when normalizes
  const T* w = nullptr;
  Strided<const T> y;  // read only where it is finished
  Strided<const T> g;
  FinishingArgs<T> finishing;  // of y; without statistics g is finished
  DropoutMask dropout;
  Strided<T> dx;
  GradMode dx_mode = GradMode::kWrite;
  T* dw = nullptr;  // like w
  GradMode dw_mode = GradMode::kWrite;
  void* workspace = nullptr;
};

// Whether there is anything to make of dz.
template <typename T>
bool WantsInputGradient(const FusedConvolutionBackwardArgs<T>& args) {
  return args.dx_mode != GradMode::kSkip || WantsSums(args.norm);
}

class FusedConvolutionKernel {
 public:
  virtual ~FusedConvolutionKernel() = default;
  virtual int64_t forward_workspace_bytes() const = 0;
  virtual int64_t backward_workspace_bytes() const = 0;
  virtual void Forward(const FusedConvolutionForwardArgs<float>& args) = 0;
  virtual void Backward(const FusedConvolutionBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_KERNEL_H_
