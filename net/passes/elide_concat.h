// Pass "elide_concat": a Concat over channels does nothing when its inputs are
// written into their slices of its output from the start. A dense block becomes
// one buffer that every convolution writes its channels into, and so does its
// gradient.
//
// A bottom of the net's user stays where he put it, and a value can lie in one
// place only: a Concat that takes such a value, or one that another elided
// Concat has placed already, or one value twice, stays a copy.

#ifndef TAMP_NET_PASSES_ELIDE_CONCAT_H_
#define TAMP_NET_PASSES_ELIDE_CONCAT_H_

#include "net/graph/graph.h"

namespace tamp {

// Number of Concat layers elided.
int ElideConcat(Graph* graph);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_ELIDE_CONCAT_H_
