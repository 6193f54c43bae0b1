// Pass: a rewriting of the graph that keeps its meaning. One pass a file; the
// table says which there are and their order.

#ifndef TAMP_NET_PASSES_PASS_H_
#define TAMP_NET_PASSES_PASS_H_

#include <array>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "layers/layer_registry.h"
#include "net/graph/graph.h"

namespace tamp {

struct Pass {
  const char* name;  // for --passes
  // Rewrites a planned graph; returns how often it found something to do. A
  // node whose parameter or wiring it changes loses its layer (a null pointer)
  // and is planned again afterwards.
  int (*run)(Graph* graph);
  // Types of the layers that it makes; null behind the last of them.
  std::array<const char*, 3> made_types = {};
};

// All passes in the order that they run (pass_table.cc).
absl::Span<const Pass> AllPasses();

// Of them, those of which a table of layers has all that they make. A net
// without the others computes the same, in more steps.
std::vector<Pass> PassesFor(absl::Span<const LayerRow> layers);

// Of `passes`, "all", "none", or names separated by commas, in their order. An
// unknown name is an error that lists the known ones.
absl::StatusOr<std::vector<Pass>> SelectPasses(absl::string_view names,
                                               absl::Span<const Pass> passes);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_PASS_H_
