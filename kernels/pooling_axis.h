// The windows of a pooling along one axis. With k = kernel, s = stride, p =
// pad, window i covers
//
//   begin_i = i s - p  to  end_i = min(i s - p + k, extent + p)  (not included)
//
// and there are as many windows as give
//
//   round((extent + 2 p - k) / s) + 1
//
// rounded up by default as in Caffe, or down, less a last one that would start
// behind the map, where nothing is to be pooled.

#ifndef TAMP_KERNELS_POOLING_AXIS_H_
#define TAMP_KERNELS_POOLING_AXIS_H_

#include <cstdint>

#include "core/host_device.h"

namespace tamp {

// One axis of a map and its windows.
struct PoolingAxis {
  int64_t extent = 0;
  int64_t kernel = 1;
  int64_t pad = 0;  // less than kernel
  int64_t stride = 1;
  bool round_up = true;

  // REQUIRES: kernel <= extent + 2 * pad.
  TAMP_HOST_DEVICE int64_t num_windows() const {
    const int64_t span = extent + 2 * pad - kernel;
    const int64_t count = (span + (round_up ? stride - 1 : 0)) / stride + 1;
    return (count - 1) * stride < extent + pad ? count : count - 1;
  }

  struct Window {
    int64_t begin, end;  // the part within the map
    int64_t size;        // with the part within the pad
  };
  TAMP_HOST_DEVICE Window window(int64_t i) const {
    const int64_t begin = i * stride - pad;
    const int64_t unpadded = begin + kernel;
    const int64_t end = unpadded < extent + pad ? unpadded : extent + pad;
    return {begin > 0 ? begin : 0, end < extent ? end : extent, end - begin};
  }

  // The windows that have an element of the map in them: begin to end - 1, none
  // where a stride leaps over it. REQUIRES: 0 <= position < extent.
  struct WindowRange {
    int64_t begin, end;
  };
  TAMP_HOST_DEVICE WindowRange windows_over(int64_t position) const {
    const int64_t padded = position + pad;
    const int64_t end = padded / stride + 1, count = num_windows();
    return {padded < kernel ? 0 : (padded - kernel) / stride + 1,
            end < count ? end : count};
  }
};

}  // namespace tamp

#endif  // TAMP_KERNELS_POOLING_AXIS_H_
