// Step 3 of lay_out_memory.h: lists the buffers that a graph needs, each with
// its life.

#ifndef TAMP_NET_MEMORY_TIME_BUFFERS_H_
#define TAMP_NET_MEMORY_TIME_BUFFERS_H_

#include <vector>

#include "net/graph/graph.h"
#include "net/memory/memory_layout.h"
#include "net/memory/recomputation.h"
#include "net/memory/share_storages.h"

namespace tamp {

// What the steps before have decided.
struct SharedMemory {
  SharedStorages data, gradients;
  std::vector<NodeLayout> nodes;  // as from PlanGradientWrites
  // Per gradient storage, as from FindGradientsOverData.
  std::vector<int> gradients_over_data;
};

// All of the layout but the plan. A buffer lives from its first use to its
// last; data that the schedule recomputes has two buffers.
MemoryLayout TimeBuffers(const Graph& graph, const SharedMemory& shared,
                         RecomputationSchedule schedule);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_TIME_BUFFERS_H_
