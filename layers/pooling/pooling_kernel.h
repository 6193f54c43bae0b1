// Pooling: the largest or the mean value of each window of a map. With k =
// kernel, s = stride, p = pad along an axis, window i covers
//
//   begin_i = i s - p  to  end_i = min(i s - p + k, extent + p)  (not included)
//
// and there are as many windows as give
//
//   round((extent + 2 p - k) / s) + 1
//
// rounded up by default as in Caffe, or down, less a last one that would start
// behind the map, where nothing is to be pooled.
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

#include <algorithm>
#include <cstdint>

#include "core/grad_mode.h"
#include "core/strided.h"

namespace tamp {

// One axis of a map and its windows.
struct PoolingAxis {
  int64_t extent = 0;
  int64_t kernel = 1;
  int64_t pad = 0;  // less than kernel
  int64_t stride = 1;
  bool round_up = true;

  // REQUIRES: kernel <= extent + 2 * pad.
  int64_t num_windows() const {
    const int64_t span = extent + 2 * pad - kernel;
    const int64_t count = (span + (round_up ? stride - 1 : 0)) / stride + 1;
    return (count - 1) * stride < extent + pad ? count : count - 1;
  }

  struct Window {
    int64_t begin, end;  // the part within the map
    int64_t size;        // with the part within the pad
  };
  Window window(int64_t i) const {
    const int64_t begin = i * stride - pad;
    const int64_t end = std::min(begin + kernel, extent + pad);
    return {std::max<int64_t>(begin, 0), std::min(end, extent), end - begin};
  }
};

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
