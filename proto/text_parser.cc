#include "proto/text_parser.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "proto/net.pb.h"
#include "proto/solver.pb.h"
#include "proto/text_value.h"

namespace tamp {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::io::ArrayInputStream;
using google::protobuf::io::ErrorCollector;
using google::protobuf::io::Tokenizer;

// More blocks than this are refused: a block of a few characters takes hundreds
// of bytes of memory.
constexpr int64_t kMaxBlocks = 200000;

// Fields that the reader fills and users may not write.
bool IsFilledByReader(const FieldDescriptor& field) {
  const Descriptor* type = field.containing_type();
  if (type == SolverParameter::descriptor()) {
    return field.name() == "field_place";
  }
  return (type == LayerParameter::descriptor() ||
          type == ModuleDefinition::descriptor()) &&
         (field.name() == "location" || field.name() == "placeholder");
}

// A recursive descent over the tokens. Depth is bounded by the messages' own
// nesting, which has no cycles.
class TextParser : private ErrorCollector {
 public:
  TextParser(absl::string_view text, absl::string_view display_path)
      : display_path_(display_path),
        input_(text.data(), static_cast<int>(text.size())),
        tokenizer_(&input_, this) {
    tokenizer_.set_comment_style(Tokenizer::SH_COMMENT_STYLE);
    tokenizer_.set_allow_f_after_float(true);
    tokenizer_.set_require_space_after_number(false);
  }

  absl::Status Parse(Message* message) {
    RETURN_IF_ERROR(Advance());
    while (!AtEnd()) RETURN_IF_ERROR(ParseField(message));
    return absl::OkStatus();
  }

 private:
  struct Place {
    int line;
    int column;
  };

  // From the tokenizer: unfinished strings, control characters and the like.
  void AddError(int line, int column, const std::string& message) override {
    if (!tokenizer_error_.ok()) return;
    std::string plain(absl::StripSuffix(message, "."));
    plain[0] = absl::ascii_tolower(plain[0]);
    tokenizer_error_ = Error({line, column}, plain);
  }

  template <typename... Args>
  absl::Status Error(Place place, const Args&... args) {
    std::string inside;
    if (layer_ != nullptr && !layer_->name().empty()) {
      inside = absl::StrCat("layer \"", layer_->name(), "\": ");
    } else if (module_ != nullptr && !module_->name().empty()) {
      inside = absl::StrCat("module \"", module_->name(), "\": ");
    }
    return absl::InvalidArgumentError(
        absl::StrCat(Located(place), ": ", inside, args...));
  }

  std::string Located(Place place) const {
    return absl::StrCat(display_path_, ":", place.line + 1, ":",
                        place.column + 1);
  }

  absl::Status Advance() {
    tokenizer_.Next();
    return tokenizer_error_;
  }

  const Tokenizer::Token& token() { return tokenizer_.current(); }
  Place place() { return {token().line, token().column}; }
  bool AtEnd() { return token().type == Tokenizer::TYPE_END; }
  bool LooksAt(absl::string_view symbol) {
    return token().type == Tokenizer::TYPE_SYMBOL && token().text == symbol;
  }
  std::string ShownToken() {
    TextValue shown = {token().type, false, token().text};
    if (shown.type == Tokenizer::TYPE_STRING) {
      Tokenizer::ParseString(token().text, &shown.text);
    }
    return shown.Quoted();
  }

  absl::Status ParseField(Message* message) {
    if (token().type != Tokenizer::TYPE_IDENTIFIER) {
      return Error(place(), "expected the name of a field, not ", ShownToken(),
                   LooksAt("/") ? "; comments begin with \"#\"" : "");
    }
    const std::string name = token().text;
    const FieldDescriptor* field =
        message->GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) return UnknownField(*message->GetDescriptor(), name);
    RETURN_IF_ERROR(CheckAllowed(*field, *message));
    const Place start = place();
    NotePlace(start, *field, message);
    RETURN_IF_ERROR(Advance());

    const bool is_message =
        field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (LooksAt(":")) {
      RETURN_IF_ERROR(Advance());
    } else if (!is_message) {
      return Error(place(), "expected \":\" after \"", name, "\", not ",
                   ShownToken());
    }
    if (field->is_repeated() && LooksAt("[")) {
      RETURN_IF_ERROR(ParseList(start, *field, message));
    } else {
      RETURN_IF_ERROR(ParseValue(start, *field, message));
    }
    if (LooksAt(",") || LooksAt(";")) RETURN_IF_ERROR(Advance());
    return absl::OkStatus();
  }

  // Of a solver's field, for errors of its value; of a list, the first.
  void NotePlace(Place start, const FieldDescriptor& field, Message* message) {
    if (message->GetDescriptor() != SolverParameter::descriptor()) return;
    if (field.is_repeated() &&
        message->GetReflection()->FieldSize(*message, &field) > 0) {
      return;
    }
    auto* noted = static_cast<SolverParameter*>(message)->add_field_place();
    noted->set_field(field.name());
    noted->set_location(Located(start));
  }

  absl::Status UnknownField(const Descriptor& type, const std::string& name) {
    std::vector<std::string> known;
    for (int i = 0; i < type.field_count(); ++i) {
      if (!IsFilledByReader(*type.field(i))) {
        known.push_back(type.field(i)->name());
      }
    }
    return Error(place(), "unknown field \"", name, "\" in ", type.name(),
                 DidYouMean(name, known));
  }

  // Refuses what must not stand here, at the field's name.
  absl::Status CheckAllowed(const FieldDescriptor& field,
                            const Message& message) {
    if (IsFilledByReader(field)) {
      return Error(place(), "field \"", field.name(),
                   "\" is filled when the file is read; remove it");
    }
    if (field.message_type() == V1LayerParameter::descriptor()) {
      return Error(place(),
                   "\"layers\" is Caffe's format of before 2014; convert the "
                   "file with Caffe's upgrade_net_proto_text, which writes "
                   "\"layer\"");
    }
    if (field.is_repeated()) return absl::OkStatus();
    const Reflection* reflection = message.GetReflection();
    if (reflection->HasField(message, &field)) {
      return Error(place(), "field \"", field.name(), "\" is given twice");
    }
    const auto* oneof = field.containing_oneof();
    if (oneof != nullptr && reflection->HasOneof(message, oneof)) {
      const FieldDescriptor* other =
          reflection->GetOneofFieldDescriptor(message, oneof);
      return Error(place(), "\"", field.name(), "\" cannot stand beside \"",
                   other->name(), "\"; a layer has the options of one type");
    }
    return absl::OkStatus();
  }

  absl::Status ParseList(Place start, const FieldDescriptor& field,
                         Message* message) {
    RETURN_IF_ERROR(Advance());  // [
    bool more = !LooksAt("]");
    while (more) {
      RETURN_IF_ERROR(ParseValue(start, field, message));
      more = LooksAt(",");
      if (more) RETURN_IF_ERROR(Advance());
    }
    if (!LooksAt("]")) {
      return Error(place(), "expected \",\" or \"]\" in the list of \"",
                   field.name(), "\", not ", ShownToken());
    }
    return Advance();
  }

  absl::Status ParseValue(Place start, const FieldDescriptor& field,
                          Message* message) {
    path_.push_back(field.number());
    const size_t depth = path_.size();
    if (field.is_repeated()) {
      path_.push_back(message->GetReflection()->FieldSize(*message, &field));
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      RETURN_IF_ERROR(ParseBlock(start, field, message));
    } else if (LooksAt("$")) {
      RETURN_IF_ERROR(ParsePlaceholder(field, message));
    } else {
      RETURN_IF_ERROR(ParseScalar(field, message));
    }
    path_.resize(depth - 1);
    return absl::OkStatus();
  }

  absl::Status ParseBlock(Place start, const FieldDescriptor& field,
                          Message* parent) {
    if (!LooksAt("{") && !LooksAt("<")) {
      return Error(place(), "expected \"{\" after \"", field.name(), "\", not ",
                   ShownToken());
    }
    if (++num_blocks_ > kMaxBlocks) {
      return Error(place(), "the file has more than ", kMaxBlocks, " blocks");
    }
    const std::string end = LooksAt("{") ? "}" : ">";
    RETURN_IF_ERROR(Advance());
    const Reflection* reflection = parent->GetReflection();
    Message* message = field.is_repeated()
                           ? reflection->AddMessage(parent, &field)
                           : reflection->MutableMessage(parent, &field);
    if (field.message_type() == LayerParameter::descriptor()) {
      layer_ = static_cast<LayerParameter*>(message);
      layer_->set_location(Located(start));
    } else if (field.message_type() == ModuleDefinition::descriptor()) {
      module_ = static_cast<ModuleDefinition*>(message);
      module_->set_location(Located(start));
      module_depth_ = path_.size();
    }
    while (!LooksAt(end)) {
      if (AtEnd()) {
        return Error(place(), "expected \"", end, "\" to close \"",
                     field.name(), "\" of line ", start.line + 1);
      }
      RETURN_IF_ERROR(ParseField(message));
    }
    if (message == layer_) layer_ = nullptr;
    if (message == module_) module_ = nullptr;
    return Advance();
  }

  absl::Status ParseScalar(const FieldDescriptor& field, Message* message) {
    const Place start = place();
    TextValue value;
    value.negative = LooksAt("-");
    if (value.negative) RETURN_IF_ERROR(Advance());
    value.type = token().type;
    value.text = token().text;
    if (value.type == Tokenizer::TYPE_STRING) {
      value.text.clear();
      // Strings side by side are one string.
      while (token().type == Tokenizer::TYPE_STRING) {
        Tokenizer::ParseStringAppend(token().text, &value.text);
        RETURN_IF_ERROR(Advance());
      }
    }
    const absl::Status stored = StoreText(value, field, message);
    if (!stored.ok()) return Error(start, stored.message());
    if (value.type == Tokenizer::TYPE_STRING) return absl::OkStatus();
    return Advance();
  }

  // "$name" for a number inside a module.
  absl::Status ParsePlaceholder(const FieldDescriptor& field,
                                Message* message) {
    const Place start = place();
    RETURN_IF_ERROR(Advance());
    const std::string name = token().text;
    if (token().type != Tokenizer::TYPE_IDENTIFIER ||
        token().line != start.line || token().column != start.column + 1) {
      return Error(start, "expected the name of an argument after \"$\"");
    }
    if (module_ == nullptr) {
      return Error(start, "\"$", name,
                   "\" stands outside of a module, where there are no "
                   "arguments");
    }
    if (!IsNumber(field)) {
      return Error(start, "field \"", field.name(), "\" is no number, so \"$",
                   name, "\" cannot stand for it");
    }
    const TextValue zero = {Tokenizer::TYPE_INTEGER, false, "0"};
    RETURN_IF_ERROR(StoreText(zero, field, message));
    auto* placeholder = module_->add_placeholder();
    placeholder->set_argument(name);
    *placeholder->mutable_path() = {path_.begin() + module_depth_, path_.end()};
    return Advance();
  }

  const std::string display_path_;
  ArrayInputStream input_;
  Tokenizer tokenizer_;
  absl::Status tokenizer_error_;
  LayerParameter* layer_ = nullptr;     // the layer being read
  ModuleDefinition* module_ = nullptr;  // the module being read
  // Field numbers and indices down to the value being read, and how many of
  // them lead to the module.
  std::vector<int32_t> path_;
  size_t module_depth_ = 0;
  int64_t num_blocks_ = 0;
};

}  // namespace

absl::Status ParseText(absl::string_view text, absl::string_view display_path,
                       Message* message) {
  message->Clear();
  if (static_cast<int64_t>(text.size()) > kMaxTextBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(display_path, ": is larger than ", kMaxTextBytes >> 20,
                     " MiB, the limit for protobuf text"));
  }
  if (text.find('\0') != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(display_path, ": is a binary file, not protobuf text"));
  }
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");  // UTF-8's byte order mark
  return TextParser(text, display_path).Parse(message);
}

}  // namespace tamp
