#include "net/graph/label_flow.h"

#include <algorithm>

namespace tamp {
namespace {

// The classes of a loss or an accuracy lie along an axis of its scores.
int64_t NumClasses(const Graph& graph, const Node& node) {
  const LayerParameter& parameter = node.parameter;
  int axis = 1;
  if (parameter.has_softmax_param()) axis = parameter.softmax_param().axis();
  if (parameter.has_accuracy_param()) axis = parameter.accuracy_param().axis();
  return graph.values[node.inputs[0]].shape.dim(axis);
}

std::optional<int64_t> IgnoredLabel(const LayerParameter& parameter) {
  if (parameter.loss_param().has_ignore_label()) {
    return parameter.loss_param().ignore_label();
  }
  if (parameter.accuracy_param().has_ignore_label()) {
    return parameter.accuracy_param().ignore_label();
  }
  return std::nullopt;
}

// Follows first inputs upwards.
int SourceOf(const Graph& graph, int value) {
  for (;;) {
    const Node& producer = graph.nodes[graph.values[value].producer];
    if (producer.inputs.empty()) return value;
    value = producer.inputs[0];
  }
}

}  // namespace

std::vector<LabelUse> FindLabelUses(const Graph& graph) {
  std::vector<LabelUse> uses;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const int first = std::max(node.plan.num_differentiable_inputs, 1);
    for (int i = first; i < static_cast<int>(node.inputs.size()); ++i) {
      uses.push_back({static_cast<int>(n), SourceOf(graph, node.inputs[i]),
                      NumClasses(graph, node), IgnoredLabel(node.parameter)});
    }
  }
  return uses;
}

}  // namespace tamp
