#include "layers/layer_registry.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Layer>> CreateLayerFromTable(
    absl::Span<const LayerRow> table, const LayerParameter& parameter) {
  for (const LayerRow& row : table) {
    if (parameter.type() == row.type) return row.create(parameter);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown type \"", parameter.type(), "\""));
}

}  // namespace tamp
