// Counter-based random numbers, drawn from Philox (core/philox.h).
//
// A number is a pure function of (key, counter), so it never depends on the
// number of threads, on the order of work or on what was drawn before: dropout
// recomputes its mask, a sample's augmentation is keyed by (seed, epoch,
// index), and resuming needs no generator state.

#ifndef TAMP_CORE_RNG_H_
#define TAMP_CORE_RNG_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/philox.h"

namespace tamp {

// A 64-bit key from a seed and a name (of a layer, a parameter, a purpose):
// streams of different names are independent. The same on every platform.
uint64_t DeriveKey(uint64_t seed, absl::string_view name);

// 32 random bits to [0, 1), with 24 bits of resolution.
inline float UniformFromBits(uint32_t bits) {
  return static_cast<float>(bits >> 8) * 0x1p-24f;
}

// The numbers of one (key, counter_high) drawn one after the other.
class RandomStream {
 public:
  explicit RandomStream(uint64_t key, uint64_t counter_high = 0)
      : key_(key), counter_high_(counter_high) {}

  uint32_t NextBits();
  // Uniform in [0, 1).
  float Uniform() { return UniformFromBits(NextBits()); }
  // Uniform in [low, high).
  double Uniform(double low, double high);
  // Uniform in 0..bound-1, without bias. REQUIRES: bound > 0.
  uint32_t UniformInt(uint32_t bound);
  // Mean 0, standard deviation 1 (Box-Muller; every call draws two numbers).
  double Normal();

 private:
  uint64_t key_;
  uint64_t counter_high_;
  uint64_t counter_low_ = 0;
  PhiloxBlock block_ = {};
  int used_ = 4;  // numbers of block_ already given out
};

}  // namespace tamp

#endif  // TAMP_CORE_RNG_H_
