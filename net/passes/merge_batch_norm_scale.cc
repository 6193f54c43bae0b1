#include <utility>
#include <vector>

#include "layers/options/batch_norm_parameters.h"
#include "net/passes/chain.h"
#include "net/passes/passes.h"

namespace tamp {
namespace {

bool IsPlainBatchNorm(const Node& node) {
  return node.parameter.type() == "BatchNorm" && node.outputs.size() == 1 &&
         !node.parameter.batch_norm_param().scale_bias() &&
         IsOrdinary(node.parameter);
}

// gamma and beta are the layer's own parameters, one of each for a channel.
bool IsChannelScale(const Graph& graph, const Node& node) {
  if (node.parameter.type() != "Scale" || node.inputs.size() != 1 ||
      !IsOrdinary(node.parameter)) {
    return false;
  }
  const ScaleParameter& scale = node.parameter.scale_param();
  const int rank = graph.values[node.inputs[0]].shape.rank();
  const int axis = scale.axis() < 0 ? scale.axis() + rank : scale.axis();
  return axis == 1 && scale.num_axes() == 1 && scale.bias_term();
}

// The Scale that alone reads what the BatchNorm makes; -1 if there is none.
int FindScale(const Graph& graph, const Node& batch_norm) {
  const std::vector<int> consumers = graph.Consumers(batch_norm.outputs[0]);
  if (consumers.size() != 1) return -1;
  return IsChannelScale(graph, graph.nodes[consumers[0]]) ? consumers[0] : -1;
}

void Merge(Node* batch_norm, Node* scale) {
  const ScaleParameter& affine = scale->parameter.scale_param();
  LayerParameter& parameter = batch_norm->parameter;
  BatchNormParameter& merged = *parameter.mutable_batch_norm_param();
  // Said where it was implied: scale_bias implies another.
  merged.set_running_statistics(RunningStatisticsOf(merged));
  merged.set_scale_bias(true);
  if (affine.has_filler()) *merged.mutable_scale_filler() = affine.filler();
  if (affine.has_bias_filler()) {
    *merged.mutable_bias_filler() = affine.bias_filler();
  }
  parameter.mutable_top()->CopyFrom(scale->parameter.top());
  batch_norm->outputs = scale->outputs;
  // A BatchNorm with scale_bias has gamma and beta before its statistics.
  batch_norm->parameters.insert(batch_norm->parameters.begin(),
                                scale->parameters.begin(),
                                scale->parameters.end());
  batch_norm->layer = nullptr;
  scale->inputs.clear();
  scale->outputs.clear();
}

}  // namespace

int MergeBatchNormScale(Graph* graph) {
  int merged = 0;
  for (Node& node : graph->nodes) {
    if (!IsPlainBatchNorm(node)) continue;
    const int scale = FindScale(*graph, node);
    if (scale < 0) continue;
    Merge(&node, &graph->nodes[scale]);
    ++merged;
  }
  graph->ReplaceNodes(std::move(graph->nodes));
  return merged;
}

}  // namespace tamp
