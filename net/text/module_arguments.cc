#include "net/text/module_arguments.h"

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"
#include "google/protobuf/message.h"
#include "net/text/layer_error.h"
#include "proto/text_value.h"

namespace tamp {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Arguments = absl::flat_hash_map<std::string, double>;

// The names that the definition asks for, each once, in its order.
std::vector<std::string> NamesOf(const ModuleDefinition& definition) {
  std::vector<std::string> names;
  absl::flat_hash_set<std::string> seen;
  for (const auto& placeholder : definition.placeholder()) {
    if (seen.insert(placeholder.argument()).second) {
      names.push_back(placeholder.argument());
    }
  }
  return names;
}

absl::StatusOr<Arguments> ReadArguments(const ModuleDefinition& definition,
                                        const LayerParameter& module_layer) {
  const std::vector<std::string> names = NamesOf(definition);
  const absl::flat_hash_set<std::string> known(names.begin(), names.end());
  Arguments arguments;
  for (const auto& argument : module_layer.module_param().argument()) {
    const std::string& name = argument.name();
    const auto error = [&](absl::string_view message) {
      return LayerError(module_layer,
                        absl::StrCat("argument \"", name, "\" ", message));
    };
    if (!argument.has_value()) return error("has no value");
    if (!known.contains(name)) {
      return error(absl::StrCat("is not used by module \"", definition.name(),
                                "\"", DidYouMean(name, names)));
    }
    if (!arguments.emplace(name, argument.value()).second) {
      return error("is given twice");
    }
  }
  for (const std::string& name : names) {
    if (!arguments.contains(name)) {
      return LayerError(module_layer,
                        absl::StrCat("module \"", definition.name(),
                                     "\" needs the argument \"", name, "\""));
    }
  }
  return arguments;
}

// Follows the path from `message` to a number and stores it there. A binary
// file may hold any path, so each step is checked.
absl::Status StoreAtPath(double number,
                         const google::protobuf::RepeatedField<int32_t>& path,
                         Message* message) {
  const absl::Status broken =
      absl::InvalidArgumentError("stands for a field that does not exist");
  for (int step = 0; step < path.size(); ++step) {
    const Reflection* reflection = message->GetReflection();
    const FieldDescriptor* field =
        message->GetDescriptor()->FindFieldByNumber(path[step]);
    if (field == nullptr) return broken;
    int index = -1;
    if (field->is_repeated()) {
      index = ++step < path.size() ? path[step] : -1;
      if (index < 0 || index >= reflection->FieldSize(*message, field)) {
        return broken;
      }
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!IsNumber(*field) || step + 1 != path.size()) return broken;
      return StoreNumber(number, *field, index, message);
    }
    message = field->is_repeated()
                  ? reflection->MutableRepeatedMessage(message, field, index)
                  : reflection->MutableMessage(message, field);
  }
  return broken;
}

}  // namespace

absl::StatusOr<ModuleDefinition> BindArguments(
    const ModuleDefinition& definition, const LayerParameter& module_layer) {
  ASSIGN_OR_RETURN(const Arguments arguments,
                   ReadArguments(definition, module_layer));
  ModuleDefinition bound = definition;
  for (const auto& placeholder : definition.placeholder()) {
    const std::string& name = placeholder.argument();
    const absl::Status stored =
        StoreAtPath(arguments.at(name), placeholder.path(), &bound);
    if (!stored.ok()) {
      return LayerError(module_layer, absl::StrCat("argument \"", name,
                                                   "\": ", stored.message()));
    }
  }
  bound.clear_placeholder();
  return bound;
}

}  // namespace tamp
