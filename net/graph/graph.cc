#include "net/graph/graph.h"

#include <utility>

namespace tamp {

std::vector<int> Graph::Consumers(int value) const {
  std::vector<int> consumers;
  for (size_t n = 0; n < nodes.size(); ++n) {
    for (const int input : nodes[n].inputs) {
      if (input == value) consumers.push_back(static_cast<int>(n));
    }
  }
  return consumers;
}

int Graph::AddValue(std::string name, const Shape& shape) {
  Value value;
  value.name = std::move(name);
  value.shape = shape;
  values.push_back(std::move(value));
  return static_cast<int>(values.size()) - 1;
}

void Graph::ReplaceNodes(std::vector<Node> replacement) {
  nodes.clear();
  for (Value& value : values) value.producer = -1;
  for (Node& node : replacement) {
    if (node.outputs.empty()) continue;
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      values[node.outputs[i]].producer = static_cast<int>(nodes.size());
      values[node.outputs[i]].output_index = static_cast<int>(i);
    }
    nodes.push_back(std::move(node));
  }
}

}  // namespace tamp
