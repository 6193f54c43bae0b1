// Pooling: the largest or the mean value of each window of a map
// (kernels/pooling_axis.h).
//
//   MAX  y = the largest x of the window within the map; the first of equals; a
//        NaN counts as larger than any number
//   AVE  y = sum of x of the window within the map
//            / ((end_h - begin_h) (end_w - begin_w))
//
// So AVE counts pad as zeros, but not what a last window misses behind the pad:
// Caffe's rule, and PyTorch's with count_include_pad. Backward hands dy to the
// element chosen by MAX, or its share to each element of the window by AVE.

#ifndef TAMP_LAYERS_POOLING_POOLING_KERNEL_H_
#define TAMP_LAYERS_POOLING_POOLING_KERNEL_H_

#include <cstdint>

#include "kernels/grad_mode.h"
#include "kernels/pooling_axis.h"
#include "kernels/strided.h"

namespace tamp {

struct PoolingOptions {
  enum class Method { kMax, kAverage };

  Method method = Method::kMax;
  int64_t num = 0, channels = 0;
  PoolingAxis height, width;
};

// argmax holds, for each output in dense row-major order, the index of the
// chosen element within its channel; MAX only.
template <typename T>
struct PoolingForwardArgs {
  Strided<const T> x;
  Strided<T> y;
  int32_t* argmax = nullptr;
};

template <typename T>
struct PoolingBackwardArgs {
  Strided<const T> dy;
  const int32_t* argmax = nullptr;  // as Forward left it
  Strided<T> dx;
  GradMode dx_mode = GradMode::kWrite;
};

class PoolingKernel {
 public:
  virtual ~PoolingKernel() = default;
  virtual void Forward(const PoolingForwardArgs<float>& args) = 0;
  virtual void Backward(const PoolingBackwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_POOLING_POOLING_KERNEL_H_
