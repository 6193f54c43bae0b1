// A net's file as the layers that run: modules expanded, layers filtered, types
// checked. What is planned, what is hashed, and where the data is looked for
// before anything is planned.

#ifndef TAMP_NET_TEXT_FLAT_NET_H_
#define TAMP_NET_TEXT_FLAT_NET_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "layers/layer_registry.h"
#include "proto/net.pb.h"

namespace tamp {

struct FlatNet {
  // No modules; each layer is there in the state and has a type of the table;
  // losses have their automatic tops.
  NetParameter net;
  // Before layers were filtered, for messages.
  NetParameter unfiltered;
};

// The layers that a net has in a state: its phase, its level unless that is 0,
// and its stages besides those that the net names itself. Errors are those of
// the net as a whole and of types.
absl::StatusOr<FlatNet> FlattenNet(const NetParameter& net,
                                   const NetState& state,
                                   absl::Span<const LayerRow> table);

// The Data layer of a flat net of that phase; an error unless there is exactly
// one.
absl::StatusOr<LayerParameter> FindDataLayer(const NetParameter& flat,
                                             Phase phase);

}  // namespace tamp

#endif  // TAMP_NET_TEXT_FLAT_NET_H_
