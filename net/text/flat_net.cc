#include "net/text/flat_net.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "net/text/filter.h"
#include "net/text/layer_error.h"
#include "net/text/layer_types.h"
#include "net/text/modules.h"

namespace tamp {
namespace {

absl::Status NoDataLayer(const NetParameter& flat, Phase phase) {
  for (const LayerParameter& layer : flat.layer()) {
    if (layer.type() != "Input") continue;
    return LayerError(
        layer,
        absl::StrCat("type \"Input\" has no samples: in phase ",
                     Phase_Name(phase), " a Data layer must take its place"));
  }
  return NetError(flat,
                  absl::StrCat("has no Data layer in phase ", Phase_Name(phase),
                               ", which needs samples"));
}

}  // namespace

absl::StatusOr<FlatNet> FlattenNet(const NetParameter& net,
                                   const NetState& state,
                                   absl::Span<const LayerRow> table) {
  NetState whole = net.state();
  whole.set_phase(state.phase());
  if (state.level() != 0) whole.set_level(state.level());
  for (const std::string& stage : state.stage()) whole.add_stage(stage);
  FlatNet flat;
  ASSIGN_OR_RETURN(flat.unfiltered, ExpandModules(net));
  ASSIGN_OR_RETURN(flat.net, FilterLayers(flat.unfiltered, whole));
  RETURN_IF_ERROR(CheckHasLayers(flat.net, flat.unfiltered));
  RETURN_IF_ERROR(CheckLayerTypes(table, flat.net));
  AddAutomaticTops(table, &flat.net);
  return flat;
}

absl::StatusOr<LayerParameter> FindDataLayer(const NetParameter& flat,
                                             Phase phase) {
  const LayerParameter* found = nullptr;
  for (const LayerParameter& layer : flat.layer()) {
    if (layer.type() != "Data") continue;
    if (found != nullptr) {
      return LayerError(layer, absl::StrCat("a net trains from one Data layer, "
                                            "\"",
                                            found->name(), "\" is another"));
    }
    found = &layer;
  }
  if (found != nullptr) return *found;
  return NoDataLayer(flat, phase);
}

}  // namespace tamp
