#include "net/report/summary.h"

#include "absl/container/flat_hash_set.h"

namespace tamp {
namespace {

constexpr int64_t kFloatBytes = sizeof(float);

std::vector<LayerSummary> SummarizeLayers(const PlannedNet& net) {
  std::vector<LayerSummary> layers;
  absl::flat_hash_set<const Parameter*> counted;
  for (const Node& node : net.graph.nodes) {
    LayerSummary layer;
    layer.name = node.parameter.name();
    layer.type = node.parameter.type();
    layer.outputs = node.plan.outputs;
    layer.is_elided = node.is_elided;
    layer.multiply_adds = node.plan.forward_multiply_adds;
    for (const Parameter* parameter : node.parameters) {
      if (parameter->is_learned() && counted.insert(parameter).second) {
        layer.parameters += parameter->shape.num_elements();
        if (!parameter->learns()) {
          layer.frozen_parameters += parameter->shape.num_elements();
        }
      }
    }
    layers.push_back(std::move(layer));
  }
  for (size_t n = 0; n < net.layout.nodes.size(); ++n) {
    const NodeLayout& node = net.layout.nodes[n];
    layers[n].runs_backward = node.runs_backward;
    for (const int again : node.recomputed_before_backward) {
      layers[again].is_recomputed = true;
    }
  }
  return layers;
}

void SummarizePeak(const PlannedNet& net, Phase phase, MemorySummary* memory) {
  const MemoryPlan& plan = net.layout.plan;
  for (const BufferRequest& buffer : net.layout.buffers) {
    if (buffer.life.Contains(plan.peak_step)) {
      memory->peak_by_kind[static_cast<int>(buffer.kind)] += buffer.bytes;
      memory->peak += buffer.bytes;
    }
  }
  const int num_nodes = static_cast<int>(net.graph.nodes.size());
  if (num_nodes == 0) return;
  memory->peak_step = plan.peak_step;
  memory->num_steps = phase == TRAIN ? 2 * num_nodes : num_nodes;
  memory->peak_is_backward = plan.peak_step >= num_nodes;
  const int node = Clock(net.graph).node(plan.peak_step);
  memory->peak_layer = net.graph.nodes[node].parameter.name();
}

MemorySummary SummarizeMemory(const PlannedNet& net, Phase phase,
                              const ParameterStore& parameters) {
  MemorySummary memory;
  memory.arena = net.layout.plan.total_bytes;
  for (const Parameter& parameter : parameters.parameters()) {
    const int64_t bytes = parameter.shape.num_elements() * kFloatBytes;
    memory.parameters += bytes;
    if (phase == TRAIN && parameter.learns()) {
      memory.parameter_gradients += bytes;
      memory.momentum += bytes;
    }
  }
  SummarizePeak(net, phase, &memory);
  return memory;
}

}  // namespace

const char* KindName(BufferRequest::Kind kind) {
  switch (kind) {
    case BufferRequest::Kind::kValue:
      return "values";
    case BufferRequest::Kind::kGradient:
      return "gradients";
    case BufferRequest::Kind::kSaved:
      return "saved";
    case BufferRequest::Kind::kWorkspace:
      return "workspace";
  }
  return "";
}

NetSummary Summarize(const PlannedNet& net, Phase phase,
                     const ParameterStore& parameters) {
  NetSummary summary;
  summary.name = net.name;
  summary.phase = phase;
  summary.layers = SummarizeLayers(net);
  if (!summary.layers.empty() && !summary.layers[0].outputs.empty()) {
    summary.batch_size = summary.layers[0].outputs[0].num();
  }
  for (const LayerSummary& layer : summary.layers) {
    summary.parameters += layer.parameters;
    summary.frozen_parameters += layer.frozen_parameters;
    summary.multiply_adds += layer.multiply_adds;
  }
  summary.memory = SummarizeMemory(net, phase, parameters);
  summary.passes = net.passes;
  summary.budget = net.budget;
  return summary;
}

}  // namespace tamp
