#include "net/text/layer_types.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "net/text/layer_error.h"

namespace tamp {
namespace {

std::string AutomaticTop(const LayerParameter& layer) {
  return absl::StrCat(layer.name(), " (automatic)");
}

}  // namespace

absl::Status CheckLayerTypes(absl::Span<const LayerRow> table,
                             const NetParameter& flat) {
  for (const LayerParameter& layer : flat.layer()) {
    if (layer.type().empty()) return LayerError(layer, "has no type");
    const absl::Status status = CheckUserType(table, layer.type());
    if (!status.ok()) return LayerError(layer, status.message());
  }
  return absl::OkStatus();
}

void AddAutomaticTops(absl::Span<const LayerRow> table, NetParameter* flat) {
  for (LayerParameter& layer : *flat->mutable_layer()) {
    const LayerRow* const row = FindLayerRow(table, layer.type());
    if (row == nullptr || !row->has_automatic_top || layer.top_size() > 0) {
      continue;
    }
    layer.add_top(AutomaticTop(layer));
  }
}

void RemoveAutomaticTops(NetParameter* flat) {
  for (LayerParameter& layer : *flat->mutable_layer()) {
    if (layer.top_size() == 1 && layer.top(0) == AutomaticTop(layer)) {
      layer.clear_top();
    }
  }
}

}  // namespace tamp
