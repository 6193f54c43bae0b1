#include "net/graph/gradient_flow.h"

#include "absl/algorithm/container.h"

namespace tamp {
namespace {

bool Learns(const Node& node) {
  return absl::c_any_of(node.parameters,
                        [](const Parameter* p) { return p->learns(); });
}

// Per value: does it depend on something that a gradient is wanted for?
std::vector<bool> FindUpstream(const Graph& graph) {
  std::vector<bool> upstream(graph.values.size(), false);
  for (const Node& node : graph.nodes) {
    bool wanted = Learns(node) ||
                  (graph.force_backward && node.plan.outputs_are_external);
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      wanted |= IsDifferentiable(node, i) && upstream[node.inputs[i]];
    }
    for (const int output : node.outputs) upstream[output] = wanted;
  }
  return upstream;
}

// Per value: does a loss depend on it?
std::vector<bool> FindDownstream(const Graph& graph) {
  std::vector<bool> downstream(graph.values.size(), false);
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    bool reaches_loss = false;
    for (size_t i = 0; i < node->outputs.size(); ++i) {
      if (LossWeight(*node, i) != 0) downstream[node->outputs[i]] = true;
      reaches_loss |= downstream[node->outputs[i]];
    }
    if (!reaches_loss) continue;
    for (size_t i = 0; i < node->inputs.size(); ++i) {
      if (IsDifferentiable(*node, i)) downstream[node->inputs[i]] = true;
    }
  }
  return downstream;
}

}  // namespace

float LossWeight(const Node& node, int output_index) {
  if (output_index < node.parameter.loss_weight_size()) {
    return node.parameter.loss_weight(output_index);
  }
  return node.plan.is_loss && output_index == 0 ? 1 : 0;
}

bool IsDifferentiable(const Node& node, int input_index) {
  if (input_index >= node.plan.num_differentiable_inputs) return false;
  return node.parameter.propagate_down_size() == 0 ||
         node.parameter.propagate_down(input_index);
}

bool IsInObjective(const Graph& graph, int value) {
  const Value& v = graph.values[value];
  return LossWeight(graph.nodes[v.producer], v.output_index) != 0;
}

GradientFlow FindGradientFlow(const Graph& graph) {
  const std::vector<bool> upstream = FindUpstream(graph);
  const std::vector<bool> downstream = FindDownstream(graph);
  GradientFlow flow;
  flow.has_gradient.assign(graph.values.size(), false);
  for (const Node& node : graph.nodes) {
    bool runs = false;
    for (const int output : node.outputs) {
      flow.has_gradient[output] = upstream[output] && downstream[output];
      runs |= flow.has_gradient[output];
    }
    if (runs && !node.plan.is_loss) {
      for (const int output : node.outputs) flow.has_gradient[output] = true;
    }
    flow.runs_backward.push_back(runs);
  }
  return flow;
}

}  // namespace tamp
