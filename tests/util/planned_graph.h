// Planned graphs from text, for tests of passes and of the memory layout.

#ifndef TAMP_TESTS_UTIL_PLANNED_GRAPH_H_
#define TAMP_TESTS_UTIL_PLANNED_GRAPH_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "net/backend.h"
#include "net/graph/graph.h"
#include "net/graph/parameter_store.h"

namespace tamp {

// A graph with all that it points at.
struct PlannedGraph {
  Backend backend;
  std::unique_ptr<ParameterStore> parameters;
  Graph graph;

  // The node of that layer. REQUIRES: there is one.
  const Node& node(absl::string_view layer) const;
  // The newest value of that name, by number. REQUIRES: there is one.
  int value(absl::string_view name) const;
  // Runs a pass and plans again what it changed; returns what the pass did.
  int RunPass(int (*pass)(Graph*));
  // Types of the nodes that work, in order, separated by spaces.
  std::string Types() const;
};

// Wired and planned, without any pass.
absl::StatusOr<PlannedGraph> PlanGraphFromText(absl::string_view net,
                                               Phase phase = TRAIN);

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_PLANNED_GRAPH_H_
