#include "formats/stored_numbers.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "kernels/bf16.h"

namespace tamp {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "numbers are copied as they are in the file");

template <typename T>
T Load(const char* bytes) {
  T number;
  std::memcpy(&number, bytes, sizeof(T));
  return number;
}

// A sign, 5 bits of exponent, 10 of the fraction (IEEE 754, binary16).
double FromF16(uint16_t bits) {
  const int exponent = bits >> 10 & 0x1F, fraction = bits & 0x3FF;
  double magnitude = std::ldexp(1024 + fraction, exponent - 25);
  if (exponent == 0) magnitude = std::ldexp(fraction, -24);
  if (exponent == 0x1F) {
    magnitude = fraction == 0 ? std::numeric_limits<double>::infinity()
                              : std::numeric_limits<double>::quiet_NaN();
  }
  return bits >> 15 != 0 ? -magnitude : magnitude;
}

// Rounded once: from a 64-bit integer straight to a float, not by a double.
template <typename T>
double RoundedToFloat(const char* bytes) {
  return static_cast<float>(Load<T>(bytes));
}

constexpr NumberType kTypes[] = {
    {"F32", 4, [](const char* p) -> double { return Load<float>(p); }},
    {"F16", 2, [](const char* p) { return FromF16(Load<uint16_t>(p)); }},
    {"BF16", 2,
     [](const char* p) -> double { return FromBf16(Load<uint16_t>(p)); }},
    {"F64", 8, [](const char* p) { return Load<double>(p); }},
    {"I64", 8, RoundedToFloat<int64_t>},
    {"I32", 4, RoundedToFloat<int32_t>},
    {"I16", 2, RoundedToFloat<int16_t>},
    {"I8", 1, RoundedToFloat<int8_t>},
    {"U64", 8, RoundedToFloat<uint64_t>},
    {"U32", 4, RoundedToFloat<uint32_t>},
    {"U16", 2, RoundedToFloat<uint16_t>},
    {"U8", 1, RoundedToFloat<uint8_t>},
    {"BOOL", 1, [](const char* p) -> double { return *p != 0; }},
};

}  // namespace

const NumberType* FindNumberType(absl::string_view name) {
  for (const NumberType& type : kTypes) {
    if (name == type.name) return &type;
  }
  return nullptr;
}

std::string NumberTypeNames() {
  return absl::StrJoin(
      kTypes, ", ",
      [](std::string* out, const NumberType& type) { out->append(type.name); });
}

absl::StatusOr<std::vector<float>> NumbersToFloats(const NumberType& type,
                                                   absl::string_view bytes) {
  std::vector<float> floats(bytes.size() / type.bytes);
  for (size_t i = 0; i < floats.size(); ++i) {
    const double number = type.read(bytes.data() + i * type.bytes);
    floats[i] = static_cast<float>(number);
    if (std::isinf(floats[i]) && !std::isinf(number)) {
      return absl::InvalidArgumentError(
          absl::StrCat("holds ", number, ", which no float can hold"));
    }
  }
  return floats;
}

}  // namespace tamp
