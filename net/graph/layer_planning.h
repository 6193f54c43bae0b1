// Makes and plans the layers of a graph.

#ifndef TAMP_NET_GRAPH_LAYER_PLANNING_H_
#define TAMP_NET_GRAPH_LAYER_PLANNING_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "layers/layer.h"
#include "layers/layer_registry.h"
#include "net/graph/graph.h"

namespace tamp {

// Creates and plans every node that has no layer yet, in order, and so infers
// the shape of every value. Nothing is allocated for values. Errors are those
// of the layers, with the layer's place in front, and in-place layers that
// cannot work in place.
absl::Status PlanLayers(absl::Span<const LayerRow> table,
                        const PlanContext& context, Graph* graph);

// The same for what a pass has rewritten. Inputs and outputs of one name, which
// come from layers that the user let work in place, are different values there.
absl::Status PlanRewrittenLayers(absl::Span<const LayerRow> table,
                                 const PlanContext& context, Graph* graph);

}  // namespace tamp

#endif  // TAMP_NET_GRAPH_LAYER_PLANNING_H_
