// Who writes a gradient and who adds to it.
//
// Backward is replayed with a mark for each channel of each gradient storage:
// the first consumer of a value overwrites, the others add, and channels that
// nobody wrote are cleared before they are added to or read.

#ifndef TAMP_NET_MEMORY_GRADIENTS_GRADIENT_WRITES_H_
#define TAMP_NET_MEMORY_GRADIENTS_GRADIENT_WRITES_H_

#include <vector>

#include "net/graph/gradient_flow.h"
#include "net/graph/graph.h"
#include "net/memory/memory_layout.h"
#include "net/memory/share_storages.h"

namespace tamp {

// Sets runs_backward, input_grad_modes and zero_before_backward of each node,
// and the uses of the gradient storages.
std::vector<NodeLayout> PlanGradientWrites(const Graph& graph,
                                           const GradientFlow& flow,
                                           const LayoutOptions& options,
                                           SharedStorages* gradients);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_GRADIENTS_GRADIENT_WRITES_H_
