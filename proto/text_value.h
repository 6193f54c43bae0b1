// One value of protobuf text put into a field, with every check that the
// field's type asks for. Errors name the field; the caller adds the place.

#ifndef TAMP_PROTO_TEXT_VALUE_H_
#define TAMP_PROTO_TEXT_VALUE_H_

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/message.h"

namespace tamp {

// A value as it was written.
struct TextValue {
  google::protobuf::io::Tokenizer::TokenType type;
  bool negative = false;  // a "-" stands before it
  std::string text;       // of strings: unquoted and unescaped

  // For messages: `"abc"`, `-3`.
  std::string Quoted() const;
};

// Sets the field, or adds to it where it is repeated.
// REQUIRES: the field is of `message` and is no message itself.
absl::Status StoreText(const TextValue& value,
                       const google::protobuf::FieldDescriptor& field,
                       google::protobuf::Message* message);

// Whether the field holds whole or real numbers.
bool IsNumber(const google::protobuf::FieldDescriptor& field);

// Sets the field, or the element `index` of a repeated one, to `number`.
// REQUIRES: IsNumber(field), and `index` exists.
absl::Status StoreNumber(double number,
                         const google::protobuf::FieldDescriptor& field,
                         int index, google::protobuf::Message* message);

}  // namespace tamp

#endif  // TAMP_PROTO_TEXT_VALUE_H_
