// All patterns of CUDA's types of 16 bits against their definition. With
// --config=cuda the same test asks NVIDIA's headers.

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace tamp {
namespace {

struct HalfType {
  static constexpr int kExponentBits = 5, kMantissaBits = 10;
  static float ToFloat(unsigned short bits) {
    return __half2float(__ushort_as_half(bits));
  }
  static int FromFloat(float value) {
    return __half_as_ushort(__float2half_rn(value));
  }
};

struct Bfloat16Type {
  static constexpr int kExponentBits = 8, kMantissaBits = 7;
  static float ToFloat(unsigned short bits) {
    return __bfloat162float(__ushort_as_bfloat16(bits));
  }
  static int FromFloat(float value) {
    return __bfloat16_as_ushort(__float2bfloat16_rn(value));
  }
};

template <typename Type>
class HalfTypesTest : public testing::Test {
 protected:
  static constexpr int kInfinity = ((1 << Type::kExponentBits) - 1)
                                   << Type::kMantissaBits;
  // Of bits without a sign; of infinity's what would follow the largest.
  static double Defined(int bits) {
    constexpr int kBias = (1 << (Type::kExponentBits - 1)) - 1;
    const int exponent = bits >> Type::kMantissaBits;
    const int mantissa = bits & ((1 << Type::kMantissaBits) - 1);
    return exponent == 0 ? std::ldexp(mantissa, 1 - kBias - Type::kMantissaBits)
                         : std::ldexp(mantissa + (1 << Type::kMantissaBits),
                                      exponent - kBias - Type::kMantissaBits);
  }
};

using Types = testing::Types<HalfType, Bfloat16Type>;
TYPED_TEST_SUITE(HalfTypesTest, Types);

TYPED_TEST(HalfTypesTest, EachPatternIsItsValue) {
  for (int bits = 0; bits < 1 << 16; ++bits) {
    const int rest = bits & 0x7fff;
    const float value = TypeParam::ToFloat(bits);
    if (rest > this->kInfinity) {
      ASSERT_TRUE(std::isnan(value)) << bits;
      continue;
    }
    ASSERT_EQ(TypeParam::FromFloat(value), bits);
    ASSERT_EQ(std::signbit(value), bits != rest) << bits;
    if (rest == this->kInfinity) {
      ASSERT_TRUE(std::isinf(value)) << bits;
    } else {
      ASSERT_EQ(std::abs(value), this->Defined(rest)) << bits;
    }
  }
}

// Halfway between two numbers the even one, else the nearer one.
TYPED_TEST(HalfTypesTest, RoundsToNearestTiesToEven) {
  for (int bits = 0; bits < this->kInfinity; ++bits) {
    const double below = this->Defined(bits), above = this->Defined(bits + 1);
    const auto middle = static_cast<float>((below + above) / 2);
    for (int sign : {0, 0x8000}) {
      const float factor = sign == 0 ? 1 : -1;
      ASSERT_EQ(TypeParam::FromFloat(factor * middle), sign | (bits + bits % 2))
          << bits;
      ASSERT_EQ(TypeParam::FromFloat(factor * std::nextafter(middle, 0.f)),
                sign | bits);
      ASSERT_EQ(TypeParam::FromFloat(
                    factor *
                    std::nextafter(middle, std::numeric_limits<float>::max())),
                sign | (bits + 1));
    }
  }
}

TYPED_TEST(HalfTypesTest, NanIsOnePattern) {
  using Limits = std::numeric_limits<float>;
  EXPECT_EQ(TypeParam::FromFloat(Limits::quiet_NaN()), 0x7fff);
  EXPECT_EQ(TypeParam::FromFloat(-Limits::quiet_NaN()), 0x7fff);
  EXPECT_EQ(TypeParam::FromFloat(Limits::max()), this->kInfinity);
  EXPECT_EQ(TypeParam::FromFloat(Limits::infinity()), this->kInfinity);
}

}  // namespace
}  // namespace tamp
