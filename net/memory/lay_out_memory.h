// Lays a planned graph out in memory: its values, gradients, saved memory and
// workspaces become offsets in one arena, in five steps.
//
// 1. share_storages.h: which values lie in one storage, and which gradients.
// 2. order_elements.h: in which order the elements of a storage lie.
// 3. gradients/: who writes a gradient and who adds to it, and which gradients
//    lie over their data.
// 4. time_buffers.h: the buffers that follow, and the life of each, once it is
//    chosen which data are recomputed (recomputation.h).
// 5. place_buffers.h: the offset of each buffer.
//
// memory_layout.h is what results. memory_budget.h repeats 4 and 5 until a
// layout fits into a budget.

#ifndef TAMP_NET_MEMORY_LAY_OUT_MEMORY_H_
#define TAMP_NET_MEMORY_LAY_OUT_MEMORY_H_

#include <vector>

#include "net/graph/graph.h"
#include "net/memory/memory_layout.h"
#include "net/memory/recomputation.h"
#include "net/memory/time_buffers.h"

namespace tamp {

// Shares and orders once, then lays the graph out for any choice of what is
// recomputed.
class LayoutMaker {
 public:
  // The graph is planned, and must outlive the maker.
  LayoutMaker(const Graph& graph, const LayoutOptions& options);
  LayoutMaker(const LayoutMaker&) = delete;

  const std::vector<Recomputable>& recomputable() const {
    return recomputable_;
  }

  // All but the plan, which PlaceBuffers makes of the buffers. is_recomputed
  // has one element for each of recomputable().
  MemoryLayout LayOut(const std::vector<bool>& is_recomputed) const;

 private:
  const Graph& graph_;
  SharedMemory shared_;
  std::vector<Recomputable> recomputable_;
};

// A pure function of a planned graph; nothing is recomputed.
MemoryLayout LayOutMemory(const Graph& graph, const LayoutOptions& options);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_LAY_OUT_MEMORY_H_
