#include "net/layer_types.h"

#include "net/layer_error.h"

namespace tamp {

absl::Status CheckLayerTypes(absl::Span<const LayerRow> table,
                             const NetParameter& flat) {
  for (const LayerParameter& layer : flat.layer()) {
    if (layer.type().empty()) return LayerError(layer, "has no type");
    const absl::Status status = CheckUserType(table, layer.type());
    if (!status.ok()) return LayerError(layer, status.message());
  }
  return absl::OkStatus();
}

}  // namespace tamp
