#include "layers/layer_registry.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"
#include "layers/absent_types.h"
#include "layers/known_types.h"

namespace tamp {
namespace {

// Of which nobody may name a layer.
absl::Status UnknownType(absl::Span<const LayerRow> table,
                         const std::string& type) {
  if (const AbsentType* absent = FindAbsentType(type)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "Caffe's type \"", type, "\" is not supported",
        *absent->remedy == '\0' ? "" : absl::StrCat("; ", absent->remedy)));
  }
  if (IsKnownType(type)) {
    return absl::InvalidArgumentError(
        absl::StrCat("this device has no layers of type \"", type,
                     "\"; CPUs have: use --device=cpu"));
  }
  std::vector<std::string> types;
  for (const LayerRow& row : table) {
    if (!row.is_made_by_passes) types.push_back(row.type);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown type \"", type, "\"", DidYouMean(type, types)));
}

// The options field of a type has the type's name in snake case, or the front
// of it: batch_norm_param of BatchNorm, softmax_param of SoftmaxWithLoss.
bool IsOptionOf(const std::string& field, const std::string& type) {
  const std::string squeezed =
      absl::StrReplaceAll(field, {{"_param", ""}, {"_", ""}});
  return absl::StartsWith(absl::AsciiStrToLower(type), squeezed);
}

// Refuses the options of another type, which would have no effect.
absl::Status CheckOptions(const LayerParameter& parameter) {
  const auto* options =
      LayerParameter::descriptor()->FindOneofByName("options");
  const auto* field =
      parameter.GetReflection()->GetOneofFieldDescriptor(parameter, options);
  if (field == nullptr || IsOptionOf(field->name(), parameter.type())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("has ", field->name(), ", which type \"", parameter.type(),
                   "\" does not read"));
}

}  // namespace

const LayerRow* FindLayerRow(absl::Span<const LayerRow> table,
                             absl::string_view type) {
  const auto row = absl::c_find_if(
      table, [&](const LayerRow& row) { return row.type == type; });
  return row == table.end() ? nullptr : &*row;
}

absl::Status CheckUserType(absl::Span<const LayerRow> table,
                           const std::string& type) {
  const LayerRow* const row = FindLayerRow(table, type);
  if (row == nullptr) return UnknownType(table, type);
  if (!row->is_made_by_passes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("type \"", type,
                   "\" is made by passes: write the layers that it comes "
                   "from"));
}

absl::StatusOr<std::unique_ptr<Layer>> CreateLayerFromTable(
    absl::Span<const LayerRow> table, const LayerParameter& parameter) {
  const LayerRow* const row = FindLayerRow(table, parameter.type());
  if (row == nullptr) return UnknownType(table, parameter.type());
  RETURN_IF_ERROR(CheckOptions(parameter));
  return row->create(parameter);
}

}  // namespace tamp
