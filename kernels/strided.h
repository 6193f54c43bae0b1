// Strided: where a kernel finds the elements of a batch of feature maps.
//
// Element (n, c, s) stands at data[n * image_stride + c * channel_stride + s]:
// the spatial elements of one channel of one image are dense, images and
// channels may lie anywhere. So a producer can write into its channel slice of
// a larger buffer, and both NCHW and CNHW order in memory are just strides.

#ifndef TAMP_KERNELS_STRIDED_H_
#define TAMP_KERNELS_STRIDED_H_

#include <cstdint>

#include "core/host_device.h"

namespace tamp {

template <typename T>
struct Strided {
  T* data = nullptr;
  int64_t image_stride = 0;    // elements between images
  int64_t channel_stride = 0;  // elements between channels

  // First spatial element of a channel of an image.
  TAMP_HOST_DEVICE T* at(int64_t image, int64_t channel) const {
    return data + image * image_stride + channel * channel_stride;
  }

  TAMP_HOST_DEVICE operator Strided<const T>() const {
    return {data, image_stride, channel_stride};
  }
};

}  // namespace tamp

#endif  // TAMP_KERNELS_STRIDED_H_
