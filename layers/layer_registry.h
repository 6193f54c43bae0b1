// The table of layer types: which class and which kernels stand behind a
// `type: "..."` of a net. Explicit rows, no static constructors; each kind of
// device has its table (cpu_layers.h).

#ifndef TAMP_LAYERS_LAYER_REGISTRY_H_
#define TAMP_LAYERS_LAYER_REGISTRY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

using CreateLayer =
    absl::StatusOr<std::unique_ptr<Layer>> (*)(const LayerParameter&);

struct LayerRow {
  const char* type;
  CreateLayer create;
  // Only passes make such layers (net/passes); users write what they come from.
  bool is_made_by_passes = false;
  // A layer without a top gets one (net/text/layer_types.h).
  bool has_automatic_top = false;
};

// Null where the table has no such type.
const LayerRow* FindLayerRow(absl::Span<const LayerRow> table,
                             absl::string_view type);

// Whether a net file may name the type. Errors: an unknown one (the nearest
// known one is suggested), one that Caffe has and we have not (with what to
// write instead, absent_types.h), one that other devices have, and one that
// only passes make.
absl::Status CheckUserType(absl::Span<const LayerRow> table,
                           const std::string& type);

// Makes the layer that `parameter.type()` asks for. Errors: an unknown type,
// and options of another type.
absl::StatusOr<std::unique_ptr<Layer>> CreateLayerFromTable(
    absl::Span<const LayerRow> table, const LayerParameter& parameter);

}  // namespace tamp

#endif  // TAMP_LAYERS_LAYER_REGISTRY_H_
