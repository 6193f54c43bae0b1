// Which gradients take the place of the data that they are the gradients of. A
// layer that can write the gradient of its input over the input itself
// (LayerPlan::can_write_gradient_over_input) does so when it is the last to
// read the input: the two then need memory for one.

#ifndef TAMP_NET_MEMORY_GRADIENTS_GRADIENTS_OVER_DATA_H_
#define TAMP_NET_MEMORY_GRADIENTS_GRADIENTS_OVER_DATA_H_

#include <vector>

#include "net/graph/graph.h"
#include "net/memory/memory_layout.h"
#include "net/memory/share_storages.h"

namespace tamp {

// Per gradient storage the data storage that it lies in, or -1. Both hold one
// value and nothing else, in the same order. `nodes` say who writes and who
// adds.
std::vector<int> FindGradientsOverData(const Graph& graph,
                                       const std::vector<NodeLayout>& nodes,
                                       const SharedStorages& data,
                                       const SharedStorages& gradients);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_GRADIENTS_GRADIENTS_OVER_DATA_H_
