// Which values have gradients and which layers run backward.

#ifndef TAMP_NET_GRAPH_GRADIENT_FLOW_H_
#define TAMP_NET_GRAPH_GRADIENT_FLOW_H_

#include <vector>

#include "net/graph/graph.h"

namespace tamp {

struct GradientFlow {
  // A parameter that learns (or, with force_backward, an input) lies upstream
  // and a loss downstream. Besides, all outputs of a layer that runs backward
  // and is no loss have gradients, if only zeros.
  std::vector<bool> has_gradient;   // per value
  std::vector<bool> runs_backward;  // per node
};

// A pure function of a planned graph whose parameters are declared.
GradientFlow FindGradientFlow(const Graph& graph);

// The weight of an output in the objective: the layer's loss_weight, or 1 for
// output 0 of a loss, or 0.
float LossWeight(const Node& node, int output_index);

// Whether the value is part of the objective itself: it is read once more when
// the loss is added up, and its gradient starts with its weight.
bool IsInObjective(const Graph& graph, int value);

// Whether a gradient may flow through that input of the node.
bool IsDifferentiable(const Node& node, int input_index);

}  // namespace tamp

#endif  // TAMP_NET_GRAPH_GRADIENT_FLOW_H_
