#include <utility>

#include "layers/options/pooling_axes.h"
#include "net/passes/chain.h"
#include "net/passes/passes.h"

namespace tamp {
namespace {

// Largest windows that are fused: time and memory for each grow with it, and
// those of stems have 2 or 3.
constexpr int64_t kMaxKernel = 8;

bool IsSmall(const PoolingAxis& axis) {
  return axis.kernel <= kMaxKernel && axis.stride <= axis.kernel;
}

bool IsWhole(const PoolingAxis& axis) {
  return axis.kernel == axis.extent && axis.pad == 0;
}

// Whether FusedPooling can do it on maps of that shape.
bool CanFuse(const PoolingParameter& pooling, const Shape& input) {
  const PoolingAxes axes = PoolingAxesOf(pooling, input.dim(2), input.dim(3));
  switch (pooling.pool()) {
    case PoolingParameter::MAX:
      return IsSmall(axes.height) && IsSmall(axes.width);
    case PoolingParameter::AVE:
      return IsWhole(axes.height) && IsWhole(axes.width);
    case PoolingParameter::STOCHASTIC:
      return false;
  }
  return false;
}

// Moves what the nodes around a pooling hold into its node.
void Fuse(int pooling, const NormAndRelu& before, Graph* graph) {
  Node& fused = graph->nodes[pooling];
  Node& norm = graph->nodes[before.norm];
  LayerParameter parameter;
  parameter.set_name(fused.parameter.name());
  parameter.set_type("FusedPooling");
  parameter.set_location(fused.parameter.location());
  FusedPoolingParameter& options = *parameter.mutable_fused_pooling_param();
  *options.mutable_pooling() = fused.parameter.pooling_param();
  *options.mutable_batch_norm() = norm.parameter.batch_norm_param();
  const int statistics = OnlyConsumer(*graph, pooling, "BatchNormStatistics");
  if (statistics >= 0) {
    Node& node = graph->nodes[statistics];
    options.set_statistics_eps(node.parameter.batch_norm_param().eps());
    fused.outputs = std::move(node.outputs);
    node.inputs.clear();
    node.outputs.clear();
  }
  fused.inputs = std::move(norm.inputs);
  fused.parameters = std::move(norm.parameters);
  for (const int node : {before.norm, before.relu}) {
    graph->nodes[node].inputs.clear();
    graph->nodes[node].outputs.clear();
  }
  for (const int v : fused.inputs) {
    parameter.add_bottom(graph->values[v].name);
  }
  for (const int v : fused.outputs) parameter.add_top(graph->values[v].name);
  fused.parameter = std::move(parameter);
  fused.layer = nullptr;
}

}  // namespace

int FusePooling(Graph* graph) {
  int fused = 0;
  for (size_t n = 0; n < graph->nodes.size(); ++n) {
    const Node& node = graph->nodes[n];
    if (!IsOrdinaryOf(node, "Pooling") || node.outputs.empty() ||
        !CanFuse(node.parameter.pooling_param(),
                 graph->values[node.inputs[0]].shape)) {
      continue;
    }
    const int pooling = static_cast<int>(n);
    const NormAndRelu before = FindNormAndRelu(*graph, pooling);
    if (before.norm < 0) continue;
    Fuse(pooling, before, graph);
    ++fused;
  }
  graph->ReplaceNodes(std::move(graph->nodes));
  return fused;
}

}  // namespace tamp
