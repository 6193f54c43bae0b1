// Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3",
// SC 2011): random numbers as a pure function of (key, counter).
//
// No absl or protobuf here: contracts of kernels include this file.

#ifndef TAMP_CORE_PHILOX_H_
#define TAMP_CORE_PHILOX_H_

#include <array>
#include <cstdint>

namespace tamp {

// Four independent uniform 32-bit numbers for each (key, counter).
std::array<uint32_t, 4> Philox(uint64_t key, uint64_t counter_high,
                               uint64_t counter_low);

}  // namespace tamp

#endif  // TAMP_CORE_PHILOX_H_
