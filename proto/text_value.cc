#include "proto/text_value.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"
#include "google/protobuf/io/strtod.h"
#include "proto/field_range.h"

namespace tamp {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::io::Tokenizer;

// Longer values are cut in messages.
constexpr size_t kMaxShown = 40;

// Sets a singular field, replaces the element `index` of a repeated one, or
// adds one when index is -1. One call a type of field, as reflection has it.
#define TAMP_STORE(Type, value)                                     \
  do {                                                              \
    const auto* reflection = message->GetReflection();              \
    if (!field.is_repeated()) {                                     \
      reflection->Set##Type(message, &field, value);                \
    } else if (index < 0) {                                         \
      reflection->Add##Type(message, &field, value);                \
    } else {                                                        \
      reflection->SetRepeated##Type(message, &field, index, value); \
    }                                                               \
  } while (false)

template <typename... Args>
absl::Status FieldError(const FieldDescriptor& field, const Args&... args) {
  return absl::InvalidArgumentError(
      absl::StrCat("field \"", field.name(), "\" ", args...));
}

absl::Status OutOfRange(const FieldDescriptor& field, absl::string_view shown,
                        absl::string_view range) {
  return FieldError(field, "cannot be ", shown, ": it is at ", range);
}

// A whole number of either sign, |number| < 2^64.
struct Whole {
  bool negative;
  uint64_t magnitude;
};

template <typename T>
bool Fits(const Whole& whole) {
  const uint64_t max = std::numeric_limits<T>::max();
  if (!whole.negative) return whole.magnitude <= max;
  return std::is_signed<T>::value ? whole.magnitude <= max + 1 : false;
}

template <typename T>
T Cast(const Whole& whole) {
  return static_cast<T>(whole.negative ? -whole.magnitude : whole.magnitude);
}

template <typename T>
absl::Status RangeError(const FieldDescriptor& field, const Whole& whole,
                        absl::string_view shown) {
  if (!whole.negative) {
    return OutOfRange(field, shown,
                      absl::StrCat("most ", std::numeric_limits<T>::max()));
  }
  if (!std::is_signed<T>::value) {
    return FieldError(field, "cannot be negative, as ", shown, " is");
  }
  return OutOfRange(field, shown,
                    absl::StrCat("least ", std::numeric_limits<T>::min()));
}

absl::Status StoreWhole(const Whole& whole, absl::string_view shown,
                        const FieldDescriptor& field, int index,
                        Message* message) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      if (!Fits<int32_t>(whole))
        return RangeError<int32_t>(field, whole, shown);
      TAMP_STORE(Int32, Cast<int32_t>(whole));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      if (!Fits<uint32_t>(whole)) {
        return RangeError<uint32_t>(field, whole, shown);
      }
      TAMP_STORE(UInt32, Cast<uint32_t>(whole));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      if (!Fits<int64_t>(whole))
        return RangeError<int64_t>(field, whole, shown);
      TAMP_STORE(Int64, Cast<int64_t>(whole));
      break;
    default:
      if (!Fits<uint64_t>(whole)) {
        return RangeError<uint64_t>(field, whole, shown);
      }
      TAMP_STORE(UInt64, Cast<uint64_t>(whole));
  }
  return absl::OkStatus();
}

absl::Status StoreReal(double number, absl::string_view shown,
                       const FieldDescriptor& field, int index,
                       Message* message) {
  const bool is_float = field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT;
  if (is_float) number = google::protobuf::io::SafeDoubleToFloat(number);
  if (!MayHold(field, number)) {
    return FieldError(field, "cannot hold ", shown, ": it is too large");
  }
  if (is_float) {
    TAMP_STORE(Float, static_cast<float>(number));
  } else {
    TAMP_STORE(Double, number);
  }
  return absl::OkStatus();
}

bool IsReal(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE;
}

// "inf" and its like, in capitals or not.
std::optional<double> NonFiniteWord(const TextValue& value) {
  if (value.type != Tokenizer::TYPE_IDENTIFIER) return std::nullopt;
  const std::string word = absl::AsciiStrToLower(value.text);
  if (word == "inf" || word == "infinity") {
    return std::numeric_limits<double>::infinity();
  }
  if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

absl::Status StoreRealText(const TextValue& value, const FieldDescriptor& field,
                           Message* message) {
  std::string shown = value.Quoted();
  std::optional<double> magnitude = NonFiniteWord(value);
  if (magnitude) {
    shown = absl::StrCat(value.negative ? "-" : "", value.text);
    if (!MayHold(field, *magnitude)) {
      return FieldError(field, "must be finite, not ", shown);
    }
  } else if (value.type == Tokenizer::TYPE_INTEGER ||
             value.type == Tokenizer::TYPE_FLOAT) {
    // Not what strtod makes of 010 and 0x10: as whole numbers they are 8 and
    // 16, so that here they could be meant either way.
    if (value.type == Tokenizer::TYPE_INTEGER && value.text.size() > 1 &&
        value.text[0] == '0') {
      return FieldError(field, "needs a decimal number, not ", shown);
    }
    magnitude = Tokenizer::ParseFloat(value.text);
  } else {
    return FieldError(field, "needs a number, not ", shown);
  }
  return StoreReal(value.negative ? -*magnitude : *magnitude, shown, field, -1,
                   message);
}

absl::Status StoreWholeText(const TextValue& value,
                            const FieldDescriptor& field, Message* message) {
  const std::string shown = value.Quoted();
  if (value.type != Tokenizer::TYPE_INTEGER) {
    return FieldError(field, "needs a whole number, not ", shown);
  }
  Whole whole = {value.negative, 0};
  if (!Tokenizer::ParseInteger(value.text, UINT64_MAX, &whole.magnitude)) {
    return FieldError(field, "cannot hold ", shown, ": it is too large");
  }
  return StoreWhole(whole, shown, field, -1, message);
}

absl::Status StoreBool(const TextValue& value, const FieldDescriptor& field,
                       Message* message) {
  constexpr int index = -1;
  uint64_t number = 2;
  if (value.type == Tokenizer::TYPE_IDENTIFIER) {
    for (const char* yes : {"true", "True", "t"}) {
      if (value.text == yes) number = 1;
    }
    for (const char* no : {"false", "False", "f"}) {
      if (value.text == no) number = 0;
    }
  } else if (value.type == Tokenizer::TYPE_INTEGER &&
             !Tokenizer::ParseInteger(value.text, 1, &number)) {
    number = 2;
  }
  if (number < 2 && !value.negative) {
    TAMP_STORE(Bool, number == 1);
    return absl::OkStatus();
  }
  return FieldError(field, "needs true or false, not ", value.Quoted());
}

absl::Status StoreEnum(const TextValue& value, const FieldDescriptor& field,
                       Message* message) {
  constexpr int index = -1;
  const EnumDescriptor& type = *field.enum_type();
  const EnumValueDescriptor* found = nullptr;
  uint64_t number = 0;
  if (value.type == Tokenizer::TYPE_IDENTIFIER && !value.negative) {
    found = type.FindValueByName(value.text);
  } else if (value.type == Tokenizer::TYPE_INTEGER &&
             Tokenizer::ParseInteger(value.text, INT32_MAX, &number)) {
    const int magnitude = static_cast<int>(number);
    found = type.FindValueByNumber(value.negative ? -magnitude : magnitude);
  }
  if (found != nullptr) {
    TAMP_STORE(Enum, found);
    return absl::OkStatus();
  }
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    names.push_back(type.value(i)->name());
  }
  std::string remedy = DidYouMean(value.text, names);
  if (value.type == Tokenizer::TYPE_STRING) {
    remedy =
        type.FindValueByName(value.text) ? "; write it without quotes" : remedy;
  }
  if (remedy.empty()) {
    remedy = absl::StrCat("; it is one of ", absl::StrJoin(names, ", "));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown value ", value.Quoted(), " for field \"",
                   field.name(), "\"", remedy));
}

absl::Status StoreString(const TextValue& value, const FieldDescriptor& field,
                         Message* message) {
  constexpr int index = -1;
  if (value.type != Tokenizer::TYPE_STRING || value.negative) {
    return FieldError(field, "needs a string in quotes, not ", value.Quoted());
  }
  if (absl::c_any_of(value.text, absl::ascii_iscntrl)) {
    return FieldError(field, "cannot hold a line break or other control ",
                      "character, as ", value.Quoted(), " does");
  }
  TAMP_STORE(String, value.text);
  return absl::OkStatus();
}

}  // namespace

std::string TextValue::Quoted() const {
  if (type == Tokenizer::TYPE_END) return "the end of the file";
  std::string shown = absl::StrCat(negative ? "-" : "", text);
  for (char& c : shown) {
    if (absl::ascii_iscntrl(c)) c = '?';
  }
  if (shown.size() > kMaxShown) {
    shown = absl::StrCat(shown.substr(0, kMaxShown), "...");
  }
  const bool is_number =
      type == Tokenizer::TYPE_INTEGER || type == Tokenizer::TYPE_FLOAT;
  return is_number ? shown : absl::StrCat("\"", shown, "\"");
}

absl::Status StoreText(const TextValue& value, const FieldDescriptor& field,
                       Message* message) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return StoreBool(value, field, message);
    case FieldDescriptor::CPPTYPE_ENUM:
      return StoreEnum(value, field, message);
    case FieldDescriptor::CPPTYPE_STRING:
      return StoreString(value, field, message);
    default:
      return IsReal(field) ? StoreRealText(value, field, message)
                           : StoreWholeText(value, field, message);
  }
}

bool IsNumber(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
      return true;
    default:
      return IsReal(field);
  }
}

absl::Status StoreNumber(double number, const FieldDescriptor& field, int index,
                         Message* message) {
  const std::string shown = absl::StrCat(number);
  if (IsReal(field)) return StoreReal(number, shown, field, index, message);
  // 2^53: above, a double no longer tells neighboring whole numbers apart.
  if (!(std::fabs(number) <= 0x1p53) || number != std::floor(number)) {
    return FieldError(field, "needs a whole number, not ", shown);
  }
  const Whole whole = {number < 0, static_cast<uint64_t>(std::fabs(number))};
  return StoreWhole(whole, shown, field, index, message);
}

}  // namespace tamp
