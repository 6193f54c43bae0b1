// Checks and completes the layers of a file by the table of layer types.

#ifndef TAMP_NET_TEXT_LAYER_TYPES_H_
#define TAMP_NET_TEXT_LAYER_TYPES_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "layers/layer_registry.h"
#include "proto/net.pb.h"

namespace tamp {

// An error, with its place, for the first layer whose type a file may not name.
// The net has no modules.
absl::Status CheckLayerTypes(absl::Span<const LayerRow> table,
                             const NetParameter& flat);

// Gives a loss layer without a top the one that Caffe makes for it (its
// AutoTopBlobs): "<layer> (automatic)", a name that is nobody's bottom.
void AddAutomaticTops(absl::Span<const LayerRow> table, NetParameter* flat);
// Takes them away again.
void RemoveAutomaticTops(NetParameter* flat);

}  // namespace tamp

#endif  // TAMP_NET_TEXT_LAYER_TYPES_H_
