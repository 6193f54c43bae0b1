// Multiply-adds of a laid out graph: what it computes in a step.

#ifndef TAMP_NET_REPORT_MULTIPLY_ADDS_H_
#define TAMP_NET_REPORT_MULTIPLY_ADDS_H_

#include <cstdint>

#include "net/graph/graph.h"
#include "net/memory/memory_layout.h"

namespace tamp {

// Of a node's backward: one forward for the gradients of the inputs and one for
// that of the weight, where it makes them.
int64_t BackwardMultiplyAdds(const Node& node, const NodeLayout& layout);

// Of one forward and one backward of all nodes, without recomputation.
int64_t StepMultiplyAdds(const Graph& graph, const MemoryLayout& layout);

}  // namespace tamp

#endif  // TAMP_NET_REPORT_MULTIPLY_ADDS_H_
