// The consumer's half of batch normalization; formulas in
// kernels/shared_statistics.h.

#ifndef TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_KERNEL_H_
#define TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_KERNEL_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

struct BatchNormApplyOptions {
  int64_t num = 0, channels = 0, spatial = 0;
  float eps = 1e-5f;
  float moving_average_fraction = 0.999f;
};

// Statistics and their gradient have elements 2 c and 2 c + 1 for channel c.
template <typename T>
struct BatchNormApplyForwardArgs {
  Strided<const T> x;
  const T* statistics = nullptr;
  const T* gamma = nullptr;
  const T* beta = nullptr;
  T* running_mean = nullptr;  // updated
  T* running_variance = nullptr;
  T* running_weight = nullptr;  // one element; null: a moving average
  Strided<T> y;
  // The second Forward of a step: the running statistics stay as they are.
  bool is_recomputation = false;
};

template <typename T>
struct BatchNormApplyBackwardArgs {
  Strided<const T> x;
  const T* statistics = nullptr;
  const T* gamma = nullptr;
  Strided<const T> dy;
  Strided<T> g;  // may be dy when g_mode is kWrite
  GradMode g_mode = GradMode::kWrite;
  T* statistics_grad = nullptr;
  GradMode statistics_grad_mode = GradMode::kWrite;
  T* dgamma = nullptr;
  GradMode dgamma_mode = GradMode::kWrite;
  T* dbeta = nullptr;
  GradMode dbeta_mode = GradMode::kWrite;
};

class BatchNormApplyKernel {
 public:
  virtual ~BatchNormApplyKernel() = default;
  virtual void Forward(const BatchNormApplyForwardArgs<float>& args) = 0;
  virtual void Backward(const BatchNormApplyBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_APPLY_BATCH_NORM_APPLY_KERNEL_H_
