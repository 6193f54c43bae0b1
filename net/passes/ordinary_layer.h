// Which layers a pass may take apart or merge with others.

#ifndef TAMP_NET_PASSES_ORDINARY_LAYER_H_
#define TAMP_NET_PASSES_ORDINARY_LAYER_H_

#include "proto/layer.pb.h"

namespace tamp {

// Whether the layer's place in the objective and in the flow of gradients is
// that of its wiring alone: it has no loss_weight of its own and no
// propagate_down. A rewriting would have to carry those over.
inline bool IsOrdinary(const LayerParameter& layer) {
  return layer.loss_weight_size() == 0 && layer.propagate_down_size() == 0;
}

}  // namespace tamp

#endif  // TAMP_NET_PASSES_ORDINARY_LAYER_H_
