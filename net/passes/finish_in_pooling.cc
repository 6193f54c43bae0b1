#include "net/passes/chain.h"
#include "net/passes/passes.h"

namespace tamp {
namespace {

// The convolution whose output and statistics the pooling alone reads, or -1.
int FindConvolution(const Graph& graph, int pooling) {
  const Node& node = graph.nodes[pooling];
  if (!IsOrdinaryOf(node, "FusedPooling") || node.inputs.size() != 2) return -1;
  const int convolution = OnlyProducer(graph, pooling, "FusedConvolution");
  if (convolution < 0) return -1;
  const Node& producer = graph.nodes[convolution];
  const bool shares =
      producer.parameter.fused_convolution_param().has_statistics_eps() &&
      producer.outputs == node.inputs &&
      graph.Consumers(node.inputs[1]).size() == 1;
  return shares ? convolution : -1;
}

}  // namespace

int FinishInPooling(Graph* graph) {
  int finished = 0;
  for (size_t n = 0; n < graph->nodes.size(); ++n) {
    const int c = FindConvolution(*graph, static_cast<int>(n));
    if (c < 0) continue;
    Node& pooling = graph->nodes[n];
    Node& convolution = graph->nodes[c];
    pooling.parameter.mutable_fused_pooling_param()
        ->set_finishes_input_gradient(true);
    convolution.parameter.mutable_fused_convolution_param()
        ->set_output_gradient_is_finished(true);
    pooling.layer = nullptr;
    convolution.layer = nullptr;
    ++finished;
  }
  return finished;
}

}  // namespace tamp
