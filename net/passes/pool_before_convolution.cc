#include <utility>
#include <vector>

#include "net/passes/chain.h"
#include "net/passes/convolution_geometry.h"
#include "net/passes/passes.h"

namespace tamp {
namespace {

// The pooling that alone reads the convolution's output; -1 if there is none.
int FindPooling(const Graph& graph, const Node& convolution) {
  if (convolution.parameter.type() != "Convolution" ||
      !IsOrdinary(convolution.parameter) ||
      SizeKeepingKernel(convolution.parameter.convolution_param()) != 1) {
    return -1;
  }
  const int output = convolution.outputs[0];
  const std::vector<int> consumers = graph.Consumers(output);
  if (consumers.size() != 1) return -1;
  const Node& consumer = graph.nodes[consumers[0]];
  const bool pools = consumer.parameter.type() == "Pooling" &&
                     IsOrdinary(consumer.parameter) &&
                     AveragesPairs(consumer.parameter.pooling_param(),
                                   graph.values[output].shape);
  return pools ? consumers[0] : -1;
}

void SetWiring(int input, int output, const Graph& graph, Node* node) {
  node->inputs = {input};
  node->outputs = {output};
  node->parameter.set_bottom(0, graph.values[input].name);
  node->parameter.set_top(0, graph.values[output].name);
  node->layer = nullptr;
}

}  // namespace

int PoolBeforeConvolution(Graph* graph) {
  int swapped = 0;
  for (size_t n = 0; n < graph->nodes.size(); ++n) {
    const int p = FindPooling(*graph, graph->nodes[n]);
    if (p < 0) continue;
    Node& convolution = graph->nodes[n];
    Node& pooling = graph->nodes[p];
    const int input = convolution.inputs[0];
    const int between = convolution.outputs[0];
    const int output = pooling.outputs[0];
    SetWiring(input, between, *graph, &pooling);
    SetWiring(between, output, *graph, &convolution);
    std::swap(convolution, pooling);
    ++swapped;
  }
  graph->ReplaceNodes(std::move(graph->nodes));
  return swapped;
}

}  // namespace tamp
