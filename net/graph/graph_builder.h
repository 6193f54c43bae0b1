// Wires a flat net (modules expanded, layers filtered) into a graph. Finds what
// is wrong with names and connections; shapes are another step's.

#ifndef TAMP_NET_GRAPH_GRAPH_BUILDER_H_
#define TAMP_NET_GRAPH_GRAPH_BUILDER_H_

#include "absl/status/statusor.h"
#include "net/graph/graph.h"
#include "proto/net.pb.h"

namespace tamp {

// Errors, each with the layer's place: no layers, a layer without name or type,
// two layers of one name, a bottom that no layer above makes (the nearest name
// is suggested; cycles and layers in the wrong order are told apart from
// typos), a top that two layers make, and an in-place layer that overwrites
// what another layer reads.
absl::StatusOr<Graph> BuildGraph(const NetParameter& flat);

// The same with errors that know the net before its layers were filtered: that
// a bottom's layer belongs to another phase, say.
absl::StatusOr<Graph> BuildGraph(const NetParameter& flat,
                                 const NetParameter& unfiltered);

}  // namespace tamp

#endif  // TAMP_NET_GRAPH_GRAPH_BUILDER_H_
