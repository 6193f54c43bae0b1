#include "net/graph.h"

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

void Graph::DropEmptyNodes() {
  std::vector<Node> kept;
  for (Value& value : values) value.producer = -1;
  for (Node& node : nodes) {
    if (node.outputs.empty()) continue;
    for (const int output : node.outputs) {
      values[output].producer = static_cast<int>(kept.size());
    }
    kept.push_back(std::move(node));
  }
  nodes = std::move(kept);
}

}  // namespace tamp
