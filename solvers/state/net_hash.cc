#include "solvers/state/net_hash.h"

#include "core/rng.h"
#include "net/text/layer_types.h"

namespace tamp {

uint64_t HashNet(const NetParameter& flat) {
  NetParameter net = flat;
  net.clear_state();
  net.clear_module();
  RemoveAutomaticTops(&net);  // as in the file
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
