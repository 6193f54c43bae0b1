// The producer's half of batch normalization; formulas in
// kernels/shared_statistics.h.

#ifndef TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_KERNEL_H_
#define TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_KERNEL_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

struct BatchNormStatisticsOptions {
  int64_t num = 0, channels = 0, spatial = 0;
  float eps = 1e-5f;
};

template <typename T>
struct BatchNormStatisticsForwardArgs {
  Strided<const T> x;
  Strided<T> y;  // a copy of x; may be x, then nothing is copied
  // Mean and biased variance: elements 2 c and 2 c + 1 of channel c.
  T* statistics = nullptr;
};

template <typename T>
struct BatchNormStatisticsBackwardArgs {
  Strided<const T> y;
  const T* statistics = nullptr;
  // sum_g and sum_gx: elements 2 c and 2 c + 1.
  const T* statistics_grad = nullptr;
  Strided<const T> g;
  Strided<T> dx;  // may be g when dx_mode is kWrite
  GradMode dx_mode = GradMode::kWrite;
};

class BatchNormStatisticsKernel {
 public:
  virtual ~BatchNormStatisticsKernel() = default;
  virtual void Forward(const BatchNormStatisticsForwardArgs<float>& args) = 0;
  virtual void Backward(const BatchNormStatisticsBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_STATISTICS_BATCH_NORM_STATISTICS_KERNEL_H_
