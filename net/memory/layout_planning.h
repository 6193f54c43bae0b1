// Lays a planned graph out in memory: see memory_layout.h for the result.

#ifndef TAMP_NET_MEMORY_LAYOUT_PLANNING_H_
#define TAMP_NET_MEMORY_LAYOUT_PLANNING_H_

#include <vector>

#include "net/graph/graph.h"
#include "net/memory/memory_layout.h"
#include "net/memory/recomputation.h"
#include "net/memory/storage_assignment.h"

namespace tamp {

// Decides once what shares memory, then lays the graph out for any choice of
// what is recomputed.
class LayoutPlanner {
 public:
  // The graph is planned, and must outlive the planner.
  LayoutPlanner(const Graph& graph, const LayoutOptions& options);
  LayoutPlanner(const LayoutPlanner&) = delete;

  const std::vector<Recomputable>& recomputable() const {
    return recomputable_;
  }

  // All but the plan, which PlanMemory makes of the buffers. is_recomputed has
  // one element for each recomputable storage.
  MemoryLayout LayOut(const std::vector<bool>& is_recomputed) const;

 private:
  const Graph& graph_;
  StorageAssignment data_, gradients_;
  std::vector<NodeLayout> nodes_;         // without buffers
  std::vector<int> gradients_over_data_;  // per gradient storage
  std::vector<Recomputable> recomputable_;
};

// A pure function of a planned graph; nothing is recomputed.
MemoryLayout LayOutMemory(const Graph& graph, const LayoutOptions& options);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_LAYOUT_PLANNING_H_
