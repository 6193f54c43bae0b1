#include "core/rng.h"

#include <cmath>

#include "core/check.h"

namespace tamp {

uint64_t DeriveKey(uint64_t seed, absl::string_view name) {
  // FNV-1a over the name, then one Philox block mixes in the seed.
  uint64_t hash = 0xCBF29CE484222325;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3;
  }
  const PhiloxBlock x = Philox(seed, hash, 0);
  return (uint64_t{x[1]} << 32) | x[0];
}

uint32_t RandomStream::NextBits() {
  if (used_ == 4) {
    block_ = Philox(key_, counter_high_, counter_low_++);
    used_ = 0;
  }
  return block_[used_++];
}

double RandomStream::Uniform(double low, double high) {
  return low + (high - low) * (NextBits() * 0x1p-32);
}

uint32_t RandomStream::UniformInt(uint32_t bound) {
  CHECK_GT(bound, 0u);
  // Draws below 2^32 mod bound would make small results likelier: drop them.
  const uint32_t threshold = -bound % bound;
  uint32_t bits = NextBits();
  while (bits < threshold) bits = NextBits();
  return bits % bound;
}

double RandomStream::Normal() {
  const double u = (NextBits() + 0.5) * 0x1p-32;  // never 0
  const double v = NextBits() * 0x1p-32;
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * M_PI * v);
}

}  // namespace tamp
