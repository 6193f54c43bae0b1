// Lays a graph out so that it fits into a budget of memory, by recomputing what
// need not be kept (recomputation.h).

#ifndef TAMP_NET_MEMORY_MEMORY_BUDGET_H_
#define TAMP_NET_MEMORY_MEMORY_BUDGET_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "net/graph/graph.h"
#include "net/memory/memory_layout.h"

namespace tamp {

struct MemoryBudget {
  int64_t bytes = 0;
  // Of it, what is not the layers' and cannot be saved: parameters, their
  // gradients, the solver's history.
  int64_t fixed_bytes = 0;
};

// What was chosen; all zero without a budget.
struct BudgetReport {
  int64_t budget_bytes = 0;
  int64_t fixed_bytes = 0;
  int64_t planned_bytes = 0;  // fixed and layers
  // Of the data that could be recomputed, how much is.
  int num_recomputed = 0;
  int num_recomputable = 0;
  // Of a training step, and what recomputation adds.
  int64_t multiply_adds = 0;
  int64_t recomputed_multiply_adds = 0;
};

struct BudgetedLayout {
  MemoryLayout layout;
  BudgetReport report;
};

// A pure function of a planned graph. As long as the layout is too large, that
// of the data alive when most memory is in use is recomputed which has the most
// bytes for a multiply-add. An error says how much memory is the least that
// this leads to.
absl::StatusOr<BudgetedLayout> LayOutWithinBudget(const Graph& graph,
                                                  const LayoutOptions& options,
                                                  const MemoryBudget& budget);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_MEMORY_BUDGET_H_
