#include "net/text/filter.h"

#include <string>

#include "absl/algorithm/container.h"
#include "core/status_macros.h"
#include "net/text/layer_error.h"

namespace tamp {
namespace {

bool IsMet(const NetStateRule& rule, const NetState& state) {
  const auto is_set = [&state](const std::string& stage) {
    return absl::c_linear_search(state.stage(), stage);
  };
  return (!rule.has_phase() || rule.phase() == state.phase()) &&
         (!rule.has_min_level() || state.level() >= rule.min_level()) &&
         (!rule.has_max_level() || state.level() <= rule.max_level()) &&
         absl::c_all_of(rule.stage(), is_set) &&
         absl::c_none_of(rule.not_stage(), is_set);
}

absl::StatusOr<bool> Exists(const LayerParameter& layer,
                            const NetState& state) {
  const auto is_met = [&state](const NetStateRule& rule) {
    return IsMet(rule, state);
  };
  if (layer.include_size() > 0 && layer.exclude_size() > 0) {
    return LayerError(layer,
                      "has both include and exclude rules; keep one "
                      "kind");
  }
  if (layer.include_size() > 0) return absl::c_any_of(layer.include(), is_met);
  return absl::c_none_of(layer.exclude(), is_met);
}

}  // namespace

absl::StatusOr<NetParameter> FilterLayers(const NetParameter& net,
                                          const NetState& state) {
  NetParameter filtered = net;
  filtered.clear_layer();
  for (const LayerParameter& layer : net.layer()) {
    ASSIGN_OR_RETURN(const bool exists, Exists(layer, state));
    if (exists) *filtered.add_layer() = layer;
  }
  return filtered;
}

absl::Status CheckHasLayers(const NetParameter& filtered,
                            const NetParameter& unfiltered) {
  if (filtered.layer_size() > 0) return absl::OkStatus();
  if (unfiltered.layer_size() == 0) {
    return NetError(filtered, "has no layers");
  }
  return NetError(unfiltered,
                  "has no layers in this phase, level and stages: the include "
                  "and exclude rules leave out all of them");
}

}  // namespace tamp
