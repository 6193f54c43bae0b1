#include "tests/util/planned_graph.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/status_macros.h"
#include "net/graph/graph_builder.h"
#include "net/graph/layer_planning.h"
#include "net/graph/parameter_declaration.h"
#include "net/text/modules.h"
#include "proto/text_format.h"
#include "tests/util/test_backend.h"

namespace tamp {

const Node& PlannedGraph::node(absl::string_view layer) const {
  for (const Node& node : graph.nodes) {
    if (node.parameter.name() == layer) return node;
  }
  CHECK(false) << "no layer " << layer;
  return graph.nodes[0];
}

int PlannedGraph::value(absl::string_view name) const {
  int newest = -1;
  for (size_t v = 0; v < graph.values.size(); ++v) {
    const Value& value = graph.values[v];
    if (value.producer < 0 || value.name != name) continue;
    if (newest < 0 || value.producer > graph.values[newest].producer) {
      newest = static_cast<int>(v);
    }
  }
  CHECK_GE(newest, 0) << "no value " << name;
  return newest;
}

std::string PlannedGraph::Types() const {
  std::string types;
  for (const Node& node : graph.nodes) {
    if (node.is_elided) continue;
    absl::StrAppend(&types, types.empty() ? "" : " ", node.parameter.type());
  }
  return types;
}

int PlannedGraph::RunPass(int (*pass)(Graph*)) {
  const int rewrites = pass(&graph);
  PlanContext context;
  context.device = backend.device.get();
  context.phase = graph.phase;
  CHECK_OK(PlanRewrittenLayers(backend.layers, context, &graph));
  return rewrites;
}

absl::StatusOr<PlannedGraph> PlanGraphFromText(absl::string_view net,
                                               Phase phase) {
  PlannedGraph planned;
  planned.backend = TestBackend();
  planned.parameters = std::make_unique<ParameterStore>();
  ASSIGN_OR_RETURN(const NetParameter parameter, ParseNetText(net, "net"));
  ASSIGN_OR_RETURN(const NetParameter flat, ExpandModules(parameter));
  ASSIGN_OR_RETURN(planned.graph, BuildGraph(flat));
  planned.graph.phase = phase;
  PlanContext context;
  context.device = planned.backend.device.get();
  context.phase = phase;
  RETURN_IF_ERROR(PlanLayers(planned.backend.layers, context, &planned.graph));
  RETURN_IF_ERROR(DeclareParameters(NewParameters::kAllowed, &planned.graph,
                                    planned.parameters.get()));
  return planned;
}

}  // namespace tamp
