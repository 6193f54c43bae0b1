// Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3",
// SC 2011): random numbers as a pure function of (key, counter).
//
// No absl or protobuf here: headers of kernels/ include this file.

#ifndef TAMP_CORE_PHILOX_H_
#define TAMP_CORE_PHILOX_H_

#include <cstdint>

#include "core/host_device.h"

namespace tamp {

// Four independent uniform 32-bit numbers.
struct PhiloxBlock {
  uint32_t words[4];

  TAMP_HOST_DEVICE uint32_t operator[](int64_t i) const { return words[i]; }
};

// Those of a (key, counter).
TAMP_HOST_DEVICE inline PhiloxBlock Philox(uint64_t key, uint64_t counter_high,
                                           uint64_t counter_low) {
  constexpr uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  constexpr int kRounds = 10;
  PhiloxBlock x = {{static_cast<uint32_t>(counter_low),
                    static_cast<uint32_t>(counter_low >> 32),
                    static_cast<uint32_t>(counter_high),
                    static_cast<uint32_t>(counter_high >> 32)}};
  uint32_t k0 = static_cast<uint32_t>(key);
  uint32_t k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t p0 = uint64_t{kMultiplier0} * x[0];
    const uint64_t p1 = uint64_t{kMultiplier1} * x[2];
    x = {{static_cast<uint32_t>(p1 >> 32) ^ x[1] ^ k0,
          static_cast<uint32_t>(p1),
          static_cast<uint32_t>(p0 >> 32) ^ x[3] ^ k1,
          static_cast<uint32_t>(p0)}};
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  return x;
}

}  // namespace tamp

#endif  // TAMP_CORE_PHILOX_H_
