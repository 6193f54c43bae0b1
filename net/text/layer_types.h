// What the table of layers says of the layers of a file.

#ifndef TAMP_NET_TEXT_LAYER_TYPES_H_
#define TAMP_NET_TEXT_LAYER_TYPES_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "layers/layer_registry.h"
#include "proto/net.pb.h"

namespace tamp {

// The first layer's error, with its place, whose type a file may not name. Of a
// net without modules.
absl::Status CheckLayerTypes(absl::Span<const LayerRow> table,
                             const NetParameter& flat);

// Gives a loss layer without a top the one that Caffe makes for it (its
// AutoTopBlobs): "<layer> (automatic)", a name that is nobody's bottom.
void AddAutomaticTops(absl::Span<const LayerRow> table, NetParameter* flat);
// Takes them away again.
void RemoveAutomaticTops(NetParameter* flat);

}  // namespace tamp

#endif  // TAMP_NET_TEXT_LAYER_TYPES_H_
