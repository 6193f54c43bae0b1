// All patterns, against the definition of the IEEE formats.

#include "tests/cuda_sim/math/small_float.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"

namespace tamp {
namespace cuda_sim {
namespace {

// The value of finite bits.
double Defined(int exponent_bits, int mantissa_bits, int bits) {
  const int exponent = bits >> mantissa_bits & ((1 << exponent_bits) - 1);
  const int mantissa = bits & ((1 << mantissa_bits) - 1);
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const double value = exponent == 0
                           ? std::ldexp(mantissa, 1 - bias - mantissa_bits)
                           : std::ldexp(mantissa + (1 << mantissa_bits),
                                        exponent - bias - mantissa_bits);
  return bits >> 15 ? -value : value;
}

template <typename Float>
class SmallFloatTest : public testing::Test {};

using Floats = testing::Types<Half, Bfloat16>;
TYPED_TEST_SUITE(SmallFloatTest, Floats);

template <typename Float>
double Defined(int bits) {
  return std::is_same_v<Float, Half> ? Defined(5, 10, bits)
                                     : Defined(8, 7, bits);
}

TYPED_TEST(SmallFloatTest, IsWhatIsDefined) {
  int num_nans = 0;
  for (int bits = 0; bits < 1 << 16; ++bits) {
    const double value = TypeParam::ToDouble(bits);
    const int rest = bits & 0x7fff;
    if (rest < TypeParam::kInfinity) {
      ASSERT_EQ(value, Defined<TypeParam>(bits)) << bits;
    } else if (rest == TypeParam::kInfinity) {
      ASSERT_TRUE(std::isinf(value)) << bits;
    } else {
      ASSERT_TRUE(std::isnan(value)) << bits;
      ++num_nans;
      ASSERT_EQ(TypeParam::FromDouble(value), TypeParam::kNan);
      continue;
    }
    ASSERT_EQ(std::signbit(value), bits >> 15 == 1) << bits;
    ASSERT_EQ(TypeParam::FromDouble(value), bits);
  }
  EXPECT_EQ(num_nans, 2 * (0x7fff - TypeParam::kInfinity));
}

// Between each number and the next: what is nearer, in the middle the even one.
TYPED_TEST(SmallFloatTest, RoundsOnceToNearestTiesToEven) {
  for (int bits = 0; bits < TypeParam::kInfinity; ++bits) {
    const double below = Defined<TypeParam>(bits);
    // Beyond the largest: where the next one would be.
    const double above = Defined<TypeParam>(bits + 1);
    const double middle = (below + above) / 2;
    const int even = bits % 2 == 0 ? bits : bits + 1;
    for (int sign : {0, 1}) {
      const double s = sign ? -1 : 1;
      const int high = sign << 15;
      ASSERT_EQ(TypeParam::FromDouble(s * middle), high | even) << bits;
      ASSERT_EQ(TypeParam::FromDouble(s * std::nextafter(middle, below)),
                high | bits);
      ASSERT_EQ(TypeParam::FromDouble(s * std::nextafter(middle, above)),
                high | (bits + 1));
    }
  }
}

TYPED_TEST(SmallFloatTest, TakesWhatIsFarOutside) {
  using Limits = std::numeric_limits<double>;
  EXPECT_EQ(TypeParam::FromDouble(Limits::max()), TypeParam::kInfinity);
  EXPECT_EQ(TypeParam::FromDouble(Limits::infinity()), TypeParam::kInfinity);
  EXPECT_EQ(TypeParam::FromDouble(-Limits::infinity()),
            0x8000 | TypeParam::kInfinity);
  EXPECT_EQ(TypeParam::FromDouble(Limits::denorm_min()), 0);
  EXPECT_EQ(TypeParam::FromDouble(-Limits::denorm_min()), 0x8000);
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
