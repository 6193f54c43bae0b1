#include "formats/stored_numbers.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

template <typename T>
std::vector<float> Floats(const char* type, const std::vector<T>& numbers) {
  const NumberType* number_type = FindNumberType(type);
  EXPECT_NE(number_type, nullptr) << type;
  if (number_type == nullptr) return {};
  EXPECT_EQ(number_type->bytes, static_cast<int64_t>(sizeof(T)));
  const absl::StatusOr<std::vector<float>> floats = NumbersToFloats(
      *number_type,
      absl::string_view(reinterpret_cast<const char*>(numbers.data()),
                        numbers.size() * sizeof(T)));
  EXPECT_OK(floats);
  return floats.ok() ? *floats : std::vector<float>();
}

// IEEE 754's binary16, by hand: (1 + fraction / 1024) * 2^(exponent - 15),
// below 2^-14 fraction / 1024 * 2^-14.
TEST(StoredNumbersTest, F16) {
  const std::pair<uint16_t, float> known[] = {
      {0x0001, 0x1p-24f}, {0x0002, 0x1p-23f},        {0x03FF, 1023 * 0x1p-24f},
      {0x0400, 0x1p-14f}, {0x3555, 0.333251953125f}, {0x3BFF, 0.99951171875f},
      {0x3C00, 1},        {0x3C01, 1.0009765625f},   {0x4248, 3.140625f},
      {0x7BFF, 65504},    {0x7C00, kInfinity},       {0x8001, -0x1p-24f},
      {0xC000, -2},       {0xFBFF, -65504},          {0xFC00, -kInfinity},
  };
  for (const auto& [bits, value] : known) {
    EXPECT_THAT(Floats<uint16_t>("F16", {bits}), ElementsAre(value)) << bits;
  }
  const std::vector<float> zeros = Floats<uint16_t>("F16", {0, 0x8000});
  EXPECT_THAT(zeros, ElementsAre(0, 0));
  EXPECT_FALSE(std::signbit(zeros[0]));
  EXPECT_TRUE(std::signbit(zeros[1]));
  for (const uint16_t bits : {0x7C01, 0x7E00, 0xFFFF}) {
    EXPECT_TRUE(std::isnan(Floats<uint16_t>("F16", {bits})[0])) << bits;
  }
}

// The upper half of a float.
TEST(StoredNumbersTest, Bf16) {
  EXPECT_THAT(
      Floats<uint16_t>("BF16", {0, 0x3F80, 0x4049, 0xC000, 1, 0x7F80, 0xFF80}),
      ElementsAre(0, 1, 3.140625f, -2, 0x1p-133f, kInfinity, -kInfinity));
  EXPECT_TRUE(std::isnan(Floats<uint16_t>("BF16", {0x7FC0})[0]));
}

TEST(StoredNumbersTest, F32) {
  EXPECT_THAT(Floats<float>("F32", {1.5f, -0.1f, 1e-45f, -kInfinity}),
              ElementsAre(1.5f, -0.1f, 1e-45f, -kInfinity));
}

TEST(StoredNumbersTest, F64IsRounded) {
  EXPECT_THAT(
      Floats<double>("F64", {0.1, 1e-50, 16777217, 16777219, 3.4028235e38,
                             HUGE_VAL, -HUGE_VAL}),
      ElementsAre(0.1f, 0, 16777216, 16777220,
                  std::numeric_limits<float>::max(), kInfinity, -kInfinity));
  EXPECT_TRUE(std::isnan(Floats<double>("F64", {NAN})[0]));
  for (const double number : {3.5e38, -1e300}) {
    EXPECT_THAT(NumbersToFloats(*FindNumberType("F64"),
                                absl::string_view(
                                    reinterpret_cast<const char*>(&number), 8)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("which no float can hold")));
  }
}

TEST(StoredNumbersTest, WholeNumbers) {
  EXPECT_THAT(Floats<int8_t>("I8", {-128, 127}), ElementsAre(-128, 127));
  EXPECT_THAT(Floats<uint8_t>("U8", {0, 255}), ElementsAre(0, 255));
  EXPECT_THAT(Floats<int16_t>("I16", {-32768, 5}), ElementsAre(-32768, 5));
  EXPECT_THAT(Floats<uint16_t>("U16", {65535}), ElementsAre(65535));
  EXPECT_THAT(Floats<int32_t>("I32", {-16777217, 16777219}),
              ElementsAre(-16777216, 16777220));
  EXPECT_THAT(Floats<uint32_t>("U32", {4294967295}), ElementsAre(0x1p32f));
  // The second is above the middle of two floats by 1, which a double would
  // have rounded away first.
  EXPECT_THAT(Floats<int64_t>("I64", {INT64_MIN, (int64_t{1} << 60) +
                                                     (int64_t{1} << 36) + 1}),
              ElementsAre(-0x1p63f, 0x1p60f + 0x1p37f));
  EXPECT_THAT(Floats<uint64_t>("U64", {UINT64_MAX, 3}),
              ElementsAre(0x1p64f, 3));
}

TEST(StoredNumbersTest, Bool) {
  EXPECT_THAT(Floats<uint8_t>("BOOL", {0, 1, 1, 0}), ElementsAre(0, 1, 1, 0));
}

TEST(StoredNumbersTest, OtherTypes) {
  for (const char* name : {"F8_E4M3", "F8_E5M2", "C64", "f32", ""}) {
    EXPECT_EQ(FindNumberType(name), nullptr) << name;
  }
  EXPECT_THAT(NumberTypeNames(), HasSubstr("F32, F16, BF16, F64"));
}

}  // namespace
}  // namespace tamp
