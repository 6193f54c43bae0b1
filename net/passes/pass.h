// Pass: a rewriting of the graph that keeps its meaning. One pass a file; the
// table says which there are and their order.

#ifndef TAMP_NET_PASSES_PASS_H_
#define TAMP_NET_PASSES_PASS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "net/graph/graph.h"

namespace tamp {

struct Pass {
  const char* name;  // for --passes
  // Rewrites a planned graph; returns how often it found something to do. A
  // node whose parameter or wiring it changes loses its layer (a null pointer)
  // and is planned again afterwards.
  int (*run)(Graph* graph);
};

// All passes in the order that they run (pass_table.cc).
absl::Span<const Pass> AllPasses();

// "all", "none", or names separated by commas, in the table's order. An unknown
// name is an error that lists the known ones.
absl::StatusOr<std::vector<Pass>> SelectPasses(absl::string_view names);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_PASS_H_
