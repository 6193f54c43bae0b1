// The pooling behind a stem, or of a head, with the batch norm and ReLU before
// it: what they make is never stored. Element by element:
//
//   z = max(0, scale[c] * x + shift[c])
//   y = the largest z of each window          kMax (kernels/pooling_axis.h)
//   y = the mean of z over the map            kAverage, one window a map
//   mean[c], variance[c] of y                 has_statistics
//
// scale and shift follow from the norm's statistics, gamma and beta, and p, q
// and r, below, from the finishing's (kernels/fused_norm.h).
//
// Backward. The gradient of y comes as
//
//   dy = p[c] * g + q[c] * y + r[c]           or dy = g without finishing
//
// since the batch norms that read y share its statistics
// (kernels/shared_statistics.h). dz is the sum of dy over the windows in which
// an element is the first of the largest (of all ones dy / size for kAverage),
// mask is 1 where scale[c] * x + shift[c] > 0, and
//
//   dx (+)= gamma[c] * dz * mask
//   dgamma[c] = sum(dz * mask * (x - mean[c]) * inv_std[c])
//   dbeta[c]  = sum(dz * mask)
//
// where dx is the g of whoever made x. Which element was the largest is found
// again from x, so forward leaves nothing behind but y.
//
// With finishes_input nothing else reads x or its statistics, so that the
// finished gradient can be made here: with the p, q and r that follow from
// dgamma and dbeta (of x, not of y),
//
//   dx = p * (gamma[c] * dz * mask) + q * x + r
//
// may be written over x.
//
// A NaN counts as larger than any number.
//
// No absl or protobuf here: CUDA sources include this file.

#ifndef TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_KERNEL_H_
#define TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_KERNEL_H_

#include <cstdint>

#include "core/host_device.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "kernels/pooling_axis.h"
#include "kernels/strided.h"

namespace tamp {

// REQUIRES: kMax: stride <= kernel along both axes, so that windows leave no
// gaps. kAverage: along both axes kernel == extent and pad == 0.
struct FusedPoolingOptions {
  enum class Method { kMax, kAverage };

  Method method = Method::kMax;
  int64_t num = 0, channels = 0;
  PoolingAxis height, width;
  bool has_statistics = false;
  bool finishes_input = false;

  TAMP_HOST_DEVICE int64_t input_size() const {
    return height.extent * width.extent;
  }
  TAMP_HOST_DEVICE int64_t output_size() const {
    return height.num_windows() * width.num_windows();
  }
};

template <typename T>
struct FusedPoolingForwardArgs {
  Strided<const T> x;
  FusedNormForwardArgs<T> norm;  // of x
  Strided<T> y;
  // When has_statistics: elements 2 c and 2 c + 1 are mean and biased variance
  // of channel c, over images and positions.
  T* statistics = nullptr;
  void* workspace = nullptr;
};

template <typename T>
struct FusedPoolingBackwardArgs {
  Strided<const T> x;  // as in Forward
  FusedNormBackwardArgs<T> norm;
  Strided<const T> y;  // read only where it is finished
  Strided<const T> g;
  FinishingArgs<T> finishing;  // of y; without statistics g is finished
  Strided<T> dx;
  GradMode dx_mode = GradMode::kWrite;  // not kAdd when finishes_input
  void* workspace = nullptr;
};

class FusedPoolingKernel {
 public:
  virtual ~FusedPoolingKernel() = default;
  virtual int64_t forward_workspace_bytes() const = 0;
  virtual int64_t backward_workspace_bytes() const = 0;
  virtual void Forward(const FusedPoolingForwardArgs<float>& args) = 0;
  virtual void Backward(const FusedPoolingBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_FUSED_POOLING_KERNEL_H_
