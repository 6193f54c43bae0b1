#include "net/passes/chain.h"

#include <vector>

namespace tamp {
namespace {

int FindNorm(const Graph& graph, int relu) {
  if (graph.phase == TRAIN) return OnlyProducer(graph, relu, "BatchNormApply");
  const int norm = OnlyProducer(graph, relu, "BatchNorm");
  return norm >= 0 && IsFixedNorm(graph.nodes[norm]) ? norm : -1;
}

}  // namespace

bool IsOrdinary(const LayerParameter& layer) {
  return layer.loss_weight_size() == 0 && layer.propagate_down_size() == 0;
}

bool IsOrdinaryOf(const Node& node, const char* type) {
  return node.parameter.type() == type && IsOrdinary(node.parameter);
}

int OnlyProducer(const Graph& graph, int node, const char* type) {
  const int input = graph.nodes[node].inputs[0];
  const int producer = graph.values[input].producer;
  return IsOrdinaryOf(graph.nodes[producer], type) &&
                 graph.Consumers(input).size() == 1
             ? producer
             : -1;
}

int OnlyConsumer(const Graph& graph, int node, const char* type) {
  const std::vector<int> consumers =
      graph.Consumers(graph.nodes[node].outputs[0]);
  return consumers.size() == 1 && IsOrdinaryOf(graph.nodes[consumers[0]], type)
             ? consumers[0]
             : -1;
}

bool IsFixedNorm(const Node& norm) {
  const BatchNormParameter& parameter = norm.parameter.batch_norm_param();
  const bool uses_running_statistics =
      !parameter.has_use_global_stats() || parameter.use_global_stats();
  return parameter.scale_bias() && uses_running_statistics;
}

bool IsRectifier(const Node& relu) {
  return relu.parameter.relu_param().negative_slope() == 0;
}

NormAndRelu FindNormAndRelu(const Graph& graph, int node) {
  const int relu = OnlyProducer(graph, node, "ReLU");
  if (relu < 0 || !IsRectifier(graph.nodes[relu])) return {};
  const int norm = FindNorm(graph, relu);
  return norm < 0 ? NormAndRelu() : NormAndRelu{norm, relu};
}

}  // namespace tamp
