// The types of numbers that safetensors files store, little-endian, and what
// they are as floats.
//
// F32, F16 and BF16 are exact. F64 and integers of more than 24 bits become the
// nearest float, ties to even. BOOL is 0 or 1.

#ifndef TAMP_FORMATS_STORED_NUMBERS_H_
#define TAMP_FORMATS_STORED_NUMBERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamp {

struct NumberType {
  const char* name;  // the format's: "F32"
  int64_t bytes;     // of a number
  // Reads one number from memory that need not be aligned.
  double (*read)(const char* bytes);
};

// Null for types that cannot be read, such as F8_E4M3.
const NumberType* FindNumberType(absl::string_view name);

// The names of all, for messages: "F32, F16, ...".
std::string NumberTypeNames();

// An error when a finite number is larger than the largest float; it says which
// number, in words that fit behind a tensor's name.
absl::StatusOr<std::vector<float>> NumbersToFloats(const NumberType& type,
                                                   absl::string_view bytes);

}  // namespace tamp

#endif  // TAMP_FORMATS_STORED_NUMBERS_H_
