// Applies the layers' include and exclude rules: which layers a net has in a
// phase, level and set of stages.

#ifndef TAMP_NET_TEXT_FILTER_H_
#define TAMP_NET_TEXT_FILTER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/net.pb.h"

namespace tamp {

// The net with the layers that `state` leaves. A layer with include rules stays
// when any of them is met, one with exclude rules when none is; a rule is met
// when all of its parts are. An error when a layer has both kinds.
//
// Layers of modules are kept as they are: expand the modules first.
absl::StatusOr<NetParameter> FilterLayers(const NetParameter& net,
                                          const NetState& state);

// An error with the file's name where no layer was there, or none was left.
absl::Status CheckHasLayers(const NetParameter& filtered,
                            const NetParameter& unfiltered);

}  // namespace tamp

#endif  // TAMP_NET_TEXT_FILTER_H_
