// Tensors of 16 bits with the channels of a position side by side (NHWC), as
// tensor cores take them, from float tensors and back. A convolution's weight
// is one, too: num outputs, channels inputs, spatial taps.

#ifndef TAMP_KERNELS_CUDA_CHANNELS_LAST_H_
#define TAMP_KERNELS_CUDA_CHANNELS_LAST_H_

#include <cstdint>

#include "core/cuda/queue.h"
#include "kernels/cuda/half_type.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

// Bytes of the packed tensor.
inline int64_t ChannelsLastBytes(const Extents& extents) {
  return extents.count() * int64_t{sizeof(uint16_t)};
}

// packed[n, s, c] = x[n, c, s], rounded
void PackChannelsLast(CudaQueue& queue, const Extents& extents,
                      const Strided<const float>& x, HalfType type,
                      void* packed);

// x[n, c, s] = or += packed[n, s, c]. REQUIRES: mode is not kSkip.
void UnpackChannelsLast(CudaQueue& queue, const Extents& extents,
                        const void* packed, HalfType type, GradMode mode,
                        const Strided<float>& x);

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_CHANNELS_LAST_H_
