// Local response normalization (Krizhevsky et al. 2012, section 3.3), with
// Caffe's scaling of alpha:
//
//   scale_i = k + alpha / n * sum over j in N(i) of x_j^2
//   y_i     = x_i * scale_i^-beta
//
// N(i) is the neighborhood of side local_size around i, cut at the ends:
//
//   across channels   channels at i's position          n = local_size
//   within a channel  rows and columns of i's channel   n = local_size^2
//
// Backward (j in N(i) if and only if i in N(j)):
//
//   dx_i = dy_i * scale_i^-beta
//          - 2 alpha beta / n * x_i * sum over j in N(i) of dy_j y_j / scale_j

#ifndef TAMP_LAYERS_LRN_LRN_KERNEL_H_
#define TAMP_LAYERS_LRN_LRN_KERNEL_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

struct LrnOptions {
  enum class Region { kAcrossChannels, kWithinChannel };

  int64_t num = 0, channels = 0, height = 0, width = 0;
  Region region = Region::kAcrossChannels;
  int64_t local_size = 5;  // odd
  float alpha = 1, beta = 0.75f, k = 1;

  // alpha / n
  double alpha_per_element() const {
    const double side = static_cast<double>(local_size);
    return alpha / (region == Region::kAcrossChannels ? side : side * side);
  }
};

// scale is in dense row-major order.
template <typename T>
struct LrnForwardArgs {
  Strided<const T> x;
  Strided<T> y;
  T* scale = nullptr;  // out
  void* workspace = nullptr;
};

template <typename T>
struct LrnBackwardArgs {
  Strided<const T> x;
  const T* scale = nullptr;  // as Forward left it
  Strided<const T> dy;
  Strided<T> dx;
  GradMode dx_mode = GradMode::kWrite;
  void* workspace = nullptr;
};

class LrnKernel {
 public:
  virtual ~LrnKernel() = default;
  virtual int64_t forward_workspace_bytes() const = 0;
  virtual int64_t backward_workspace_bytes() const = 0;
  virtual void Forward(const LrnForwardArgs<float>& args) = 0;
  virtual void Backward(const LrnBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_LRN_LRN_KERNEL_H_
