// Lays a planned graph out in memory: see memory_layout.h for the result.

#ifndef TAMP_NET_LAYOUT_PLANNING_H_
#define TAMP_NET_LAYOUT_PLANNING_H_

#include "net/graph.h"
#include "net/memory_layout.h"

namespace tamp {

// A pure function of a planned graph.
MemoryLayout LayOutMemory(const Graph& graph, const LayoutOptions& options);

}  // namespace tamp

#endif  // TAMP_NET_LAYOUT_PLANNING_H_
