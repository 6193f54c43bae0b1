// Softmax and cross-entropy in one (multinomial logistic loss), along the axis
// of the classes. For each line x_0 .. x_{K-1} of scores with label l:
//
//   log p_k = x_k - m - log(sum_j exp(x_j - m)),  m = max_j x_j
//   t_k     = (1 - s) [k = l] + s / K             s = label_smoothing
//   loss    = sum over lines of -sum_k t_k log p_k, divided by the normalizer
//   dx_k    = dloss / normalizer * (p_k - t_k) + p_k (dy_k - sum_j p_j dy_j)
//
// where dy is the gradient of the probabilities, if they are used.
//
// Nothing overflows whatever the size of x. Smoothing: Szegedy et al. 2016,
// section 7. Lines whose label is ignore_label give neither loss nor gradient.
// Any other label must be a class; one that is not ends the program.

#ifndef TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_KERNEL_H_
#define TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_KERNEL_H_

#include <cstdint>

#include "core/host_device.h"
#include "core/label.h"
#include "kernels/axis_lines.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

struct SoftmaxLossOptions {
  AxisLines lines;  // of the scores, along the classes
  Extents labels;   // as many as lines, in the same order
  bool has_ignore_label = false;
  int64_t ignore_label = 0;
  float label_smoothing = 0;  // in [0, 1)
  // What the loss is divided by: this, or where it is 0 the number of lines
  // that are not ignored (1 if all are).
  double fixed_normalizer = 0;
};

template <typename T>
TAMP_HOST_DEVICE bool IsIgnored(const SoftmaxLossOptions& options, T label) {
  return IsIgnoredLabel(label, options.has_ignore_label, options.ignore_label);
}

template <typename T>
struct SoftmaxLossForwardArgs {
  Strided<const T> x;
  Strided<const T> labels;
  T* loss = nullptr;           // one number
  T* probabilities = nullptr;  // dense: lines x classes; all lines are written
  Strided<T> y;                // the probabilities in x's order; may be null
  void* workspace = nullptr;
  // One number, may be null: what the loss was divided by, or 0 where no line
  // counted.
  T* count = nullptr;
};

template <typename T>
struct SoftmaxLossBackwardArgs {
  Strided<const T> labels;
  const T* probabilities = nullptr;  // of the forward
  const T* dloss = nullptr;          // one number; null stands for 0
  Strided<const T> dy;               // in x's order; null stands for 0
  Strided<T> dx;
  GradMode dx_mode = GradMode::kWrite;
};

class SoftmaxLossKernel {
 public:
  virtual ~SoftmaxLossKernel() = default;
  virtual int64_t forward_workspace_bytes() const = 0;
  virtual void Forward(const SoftmaxLossForwardArgs<float>& args) = 0;
  virtual void Backward(const SoftmaxLossBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SOFTMAX_LOSS_SOFTMAX_LOSS_KERNEL_H_
