#include <algorithm>

#include "net/passes/chain.h"
#include "net/passes/passes.h"

namespace tamp {
namespace {

// The Concat's axis as its bottoms' shapes count it; -1 if it is no Concat.
int ConcatAxis(const Graph& graph, const Node& node) {
  if (node.parameter.type() != "Concat" || node.is_elided ||
      !IsOrdinary(node.parameter)) {
    return -1;
  }
  const ConcatParameter& concat = node.parameter.concat_param();
  const int axis = concat.has_concat_dim()
                       ? static_cast<int>(concat.concat_dim())
                       : concat.axis();
  return axis < 0 ? axis + graph.values[node.outputs[0]].shape.rank() : axis;
}

bool CanBePlaced(const Graph& graph, const Node& concat, int input) {
  const Value& value = graph.values[input];
  return value.placement.value < 0 &&
         !graph.nodes[value.producer].plan.outputs_are_external &&
         std::count(concat.inputs.begin(), concat.inputs.end(), input) == 1;
}

}  // namespace

int ElideConcat(Graph* graph) {
  int elided = 0;
  for (Node& node : graph->nodes) {
    if (ConcatAxis(*graph, node) != 1) continue;
    const bool can_elide = std::all_of(
        node.inputs.begin(), node.inputs.end(),
        [&](int input) { return CanBePlaced(*graph, node, input); });
    if (!can_elide) continue;
    int64_t offset = 0;
    for (const int input : node.inputs) {
      Value& value = graph->values[input];
      value.placement = {node.outputs[0], offset};
      offset += value.shape.channels();
    }
    node.is_elided = true;
    ++elided;
  }
  return elided;
}

}  // namespace tamp
