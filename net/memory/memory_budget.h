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
  // The part of it that recomputation cannot save: parameters, their gradients
  // and the solver's history.
  int64_t fixed_bytes = 0;
};

// What was chosen; all zero without a budget.
struct BudgetReport {
  int64_t budget_bytes = 0;
  int64_t fixed_bytes = 0;
  int64_t planned_bytes = 0;  // fixed and layers
  // Storages that are recomputed, and those that could be.
  int num_recomputed = 0;
  int num_recomputable = 0;
  // Multiply-adds of a training step without recomputation, and what that adds.
  int64_t multiply_adds = 0;
  int64_t recomputed_multiply_adds = 0;
};

struct BudgetedLayout {
  MemoryLayout layout;
  BudgetReport report;
};

// A pure function of a planned graph. While the layout is too large, one more
// of the storages that are alive when most memory is in use is recomputed: the
// one that frees the most bytes for each multiply-add of its recomputation. If
// no layout fits, the error names the smallest budget that this would meet.
absl::StatusOr<BudgetedLayout> LayOutWithinBudget(const Graph& graph,
                                                  const LayoutOptions& options,
                                                  const MemoryBudget& budget);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_MEMORY_BUDGET_H_
