// Labels: inputs of losses and accuracies that have no gradient and hold the
// numbers of classes.

#ifndef TAMP_NET_GRAPH_LABEL_FLOW_H_
#define TAMP_NET_GRAPH_LABEL_FLOW_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "net/graph/graph.h"

namespace tamp {

struct LabelUse {
  int node = -1;  // that uses the label
  // The value from outside that the label comes from, if through other layers.
  int source = -1;
  int64_t num_classes = 0;               // labels must be below,
  std::optional<int64_t> ignored_label;  // but for this one
};

// In the order of the nodes of a planned graph.
std::vector<LabelUse> FindLabelUses(const Graph& graph);

}  // namespace tamp

#endif  // TAMP_NET_GRAPH_LABEL_FLOW_H_
