#include "proto/like_text.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "google/protobuf/unknown_field_set.h"
#include "proto/blob.pb.h"
#include "proto/field_range.h"

namespace tamp {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// One value of a field: element `index` of a repeated one.
struct FieldValue {
  const Message& message;
  const FieldDescriptor& field;
  int index;
  std::string path;  // "layer[3].name"
};

absl::Status Check(const Message& message, const std::string& path);

absl::Status CheckReal(const FieldValue& value, double number) {
  if (MayHold(value.field, number)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(value.path, " is ", number, ", it must be finite"));
}

absl::Status CheckValue(const FieldValue& value) {
  const auto& [message, field, index, path] = value;
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Check(repeated
                       ? reflection.GetRepeatedMessage(message, &field, index)
                       : reflection.GetMessage(message, &field),
                   path);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return CheckReal(
          value, repeated ? reflection.GetRepeatedFloat(message, &field, index)
                          : reflection.GetFloat(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return CheckReal(
          value, repeated ? reflection.GetRepeatedDouble(message, &field, index)
                          : reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text =
          repeated ? reflection.GetRepeatedString(message, &field, index)
                   : reflection.GetString(message, &field);
      if (!absl::c_any_of(text, absl::ascii_iscntrl)) return absl::OkStatus();
      return absl::InvalidArgumentError(
          absl::StrCat(path, " holds a line break or other control character"));
    }
    default:
      return absl::OkStatus();
  }
}

absl::Status Check(const Message& message, const std::string& path) {
  if (message.GetDescriptor() == BlobProto::descriptor()) {
    return absl::OkStatus();
  }
  const Reflection& reflection = *message.GetReflection();
  // Enums land here too when their number is unknown.
  const auto& unknown = reflection.GetUnknownFields(message);
  if (!unknown.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        path.empty() ? message.GetDescriptor()->name() : path,
        ": unknown field or value (field ", unknown.field(0).number(), ")"));
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string name =
        absl::StrCat(path, path.empty() ? "" : ".", field->name());
    if (!field->is_repeated()) {
      RETURN_IF_ERROR(CheckValue({message, *field, -1, name}));
      continue;
    }
    const int size = reflection.FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      RETURN_IF_ERROR(
          CheckValue({message, *field, i, absl::StrCat(name, "[", i, "]")}));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckLikeText(const Message& message) {
  return Check(message, "");
}

}  // namespace tamp
