// Numbers of 16 bits, by their bits: half (5 bits of exponent, 10 of mantissa)
// and bfloat16 (8 and 7).

#ifndef TAMP_TESTS_CUDA_SIM_MATH_SMALL_FLOAT_H_
#define TAMP_TESTS_CUDA_SIM_MATH_SMALL_FLOAT_H_

#include <cstdint>
#include <cstring>

namespace tamp {
namespace cuda_sim {

template <int kExponentBits, int kMantissaBits>
struct SmallFloat {
  static_assert(1 + kExponentBits + kMantissaBits == 16);

  static constexpr int kBias = (1 << (kExponentBits - 1)) - 1;
  static constexpr int kInfinity = ((1 << kExponentBits) - 1) << kMantissaBits;
  static constexpr uint16_t kNan = 0x7fff;  // of CUDA's conversions

  static double ToDouble(uint16_t bits) {
    const uint64_t sign = static_cast<uint64_t>(bits >> 15) << 63;
    const uint64_t rest = bits & 0x7fff;
    double value;
    if (rest >= kInfinity) {
      const uint64_t wide = uint64_t{0x7ff} << 52 | (rest - kInfinity)
                                                        << (52 - kMantissaBits);
      value = OfBits(wide);
    } else {
      // With the exponent's bias of double, numbers below the normal ones too:
      // the product is exact.
      value = OfBits(rest << (52 - kMantissaBits)) * PowerOfTwo(1023 - kBias);
    }
    return OfBits(BitsOf(value) | sign);
  }

  // Rounds once, to nearest, ties to even; beyond the largest, to infinity.
  static uint16_t FromDouble(double value) {
    const uint64_t wide = BitsOf(value);
    const auto sign = static_cast<uint16_t>(wide >> 63 << 15);
    const uint64_t rest = wide & ~(uint64_t{1} << 63);
    if (rest > uint64_t{0x7ff} << 52) return kNan;
    if (rest < BitsOf(PowerOfTwo(1 - kBias))) {
      // Fixed point: the sum's last bit is the smallest number above 0.
      const double one = PowerOfTwo(1 - kBias - kMantissaBits + 52);
      return sign | static_cast<uint16_t>(BitsOf(OfBits(rest) + one));
    }
    constexpr int kDropped = 52 - kMantissaBits;
    const uint64_t odd = rest >> kDropped & 1;
    const uint64_t half = uint64_t{1} << (kDropped - 1);
    const uint64_t rounded = (rest + half - 1 + odd) >> kDropped;
    const uint64_t bits =
        rounded - (static_cast<uint64_t>(1023 - kBias) << kMantissaBits);
    return sign | static_cast<uint16_t>(bits < kInfinity ? bits : kInfinity);
  }

 private:
  static double OfBits(uint64_t bits) {
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  static uint64_t BitsOf(double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }
  static double PowerOfTwo(int exponent) {
    return OfBits(static_cast<uint64_t>(exponent + 1023) << 52);
  }
};

using Half = SmallFloat<5, 10>;
using Bfloat16 = SmallFloat<8, 7>;

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_MATH_SMALL_FLOAT_H_
