// Batch normalization (Ioffe and Szegedy 2015, algorithm 1), a channel at a
// time over the m = num * spatial elements of images and positions:
//
//   mean     = sum(x) / m
//   variance = sum((x - mean)^2) / m
//   inv_std  = 1 / sqrt(variance + eps)
//   x_hat    = (x - mean) * inv_std
//   y        = gamma * x_hat + beta
//
// and the running statistics, of which the variance is the unbiased one:
//
//   running_mean     = (1 - share) * running_mean + share * mean
//   running_variance = (1 - share) * running_variance
//                      + share * variance * m / (m - 1)
//
// (with m = 1 the factor m / (m - 1) is 1). For a moving average share is
// 1 - f; for a weighted mean of all batches it is 1 / running_weight after
//
//   running_weight   = f * running_weight + 1
//
// With use_global_stats, mean and variance are the running ones.
//
// Backward, section 3 of the paper with the sums collected:
//
//   dbeta  = sum(dy)
//   dgamma = sum(dy * x_hat)
//   dx     = gamma * inv_std * (dy - dbeta / m - x_hat * dgamma / m)
//   dx     = gamma * inv_std * dy                  with use_global_stats

#ifndef TAMP_LAYERS_BATCH_NORM_BATCH_NORM_KERNEL_H_
#define TAMP_LAYERS_BATCH_NORM_BATCH_NORM_KERNEL_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

struct BatchNormOptions {
  int64_t num = 0, channels = 0, spatial = 0;
  float eps = 1e-5f;
  float moving_average_fraction = 0.999f;  // f above
  bool use_global_stats = false;
  // Forward updates the running statistics; never with use_global_stats.
  bool update_running_stats = true;
};

// Arrays without strides have one element a channel.
template <typename T>
struct BatchNormForwardArgs {
  Strided<const T> x;
  const T* gamma = nullptr;  // null: 1
  const T* beta = nullptr;   // null: 0
  T* running_mean = nullptr;
  T* running_variance = nullptr;
  T* running_weight = nullptr;  // one element; null: a moving average
  // The second Forward of a step: the running statistics stay as they are.
  bool is_recomputation = false;
  T* mean = nullptr;     // out: the mean that was subtracted
  T* inv_std = nullptr;  // out: the factor that was applied
  Strided<T> y;          // may be x
};

template <typename T>
struct BatchNormBackwardArgs {
  Strided<const T> x;
  const T* gamma = nullptr;    // null: 1
  const T* mean = nullptr;     // as Forward left them
  const T* inv_std = nullptr;  //
  Strided<const T> dy;
  Strided<T> dx;  // may be dy when dx_mode is kWrite
  GradMode dx_mode = GradMode::kWrite;
  T* dgamma = nullptr;
  GradMode dgamma_mode = GradMode::kSkip;
  T* dbeta = nullptr;
  GradMode dbeta_mode = GradMode::kSkip;
};

class BatchNormKernel {
 public:
  virtual ~BatchNormKernel() = default;
  virtual void Forward(const BatchNormForwardArgs<float>& args) = 0;
  virtual void Backward(const BatchNormBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_BATCH_NORM_KERNEL_H_
