#include "solvers/flat_net.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/rng.h"
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

absl::StatusOr<NetParameter> FlattenNet(const NetParameter& net,
                                        const NetOptions& options) {
  NetState state = net.state();
  state.set_phase(options.phase);
  if (options.level != 0) state.set_level(options.level);
  for (const std::string& stage : options.stages) state.add_stage(stage);
  ASSIGN_OR_RETURN(const NetParameter expanded, ExpandModules(net));
  ASSIGN_OR_RETURN(NetParameter flat, FilterLayers(expanded, state));
  RETURN_IF_ERROR(CheckHasLayers(flat, expanded));
  RETURN_IF_ERROR(CheckLayerTypes(options.layers, flat));
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

absl::StatusOr<BatchSource*> OpenData(const LayerParameter& data_layer,
                                      const NetOptions& options) {
  if (data_layer.data_param().batch_size() == 0 && options.batch_size == 0) {
    return LayerError(
        data_layer,
        "data_param.batch_size is missing or 0, it must be at least 1");
  }
  absl::StatusOr<BatchSource*> source =
      options.batch_sources->Open(data_layer, options.phase);
  if (source.ok()) return source;
  return LayerError(data_layer, source.status().message());
}

uint64_t HashNet(const NetParameter& flat) {
  NetParameter net = flat;
  net.clear_state();
  net.clear_module();
  for (LayerParameter& layer : *net.mutable_layer()) {
    layer.clear_location();
    layer.clear_include();
    layer.clear_exclude();
    if (!layer.has_data_param()) continue;
    layer.mutable_data_param()->clear_source();
    layer.mutable_data_param()->clear_prefetch();
    layer.mutable_data_param()->clear_memory_budget_mib();
    // A training that an image has ended may go on without it.
    layer.mutable_data_param()->clear_on_unreadable();
  }
  return DeriveKey(0, net.SerializeAsString());
}

}  // namespace tamp
