// bfloat16: a float whose lower 16 bits are cut off, which leaves 8 bits of
// precision and the range of a float. We compute with it, but store no tensor
// in it.

#ifndef TAMP_KERNELS_BF16_H_
#define TAMP_KERNELS_BF16_H_

#include <cstdint>
#include <cstring>

#include "core/host_device.h"

namespace tamp {

// The upper half of the nearest bfloat16; of two that are as near, the even
// one. A NaN stays one.
TAMP_HOST_DEVICE inline uint16_t ToBf16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  if (value != value) return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

TAMP_HOST_DEVICE inline float FromBf16(uint16_t upper_half) {
  const uint32_t bits = uint32_t{upper_half} << 16;
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

TAMP_HOST_DEVICE inline float RoundToBf16(float value) {
  return FromBf16(ToBf16(value));
}

}  // namespace tamp

#endif  // TAMP_KERNELS_BF16_H_
