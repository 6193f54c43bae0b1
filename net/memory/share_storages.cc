#include "net/memory/share_storages.h"

namespace tamp {
namespace {

// The steps at which a value is written or read.
Uses UsesOf(const Graph& graph, const GradientFlow& flow, int value,
            bool keep) {
  const Clock clock(graph);
  const int producer = graph.values[value].producer;
  const Node& node = graph.nodes[producer];
  const std::vector<int> consumers = graph.Consumers(value);
  Uses uses;
  if (node.plan.outputs_are_external) {
    uses.forward.Include(0);
    uses.forward.Include(clock.end());
  }
  if (!node.is_elided) {
    uses.forward.Include(clock.forward(producer));
    if (flow.runs_backward[producer] && node.plan.backward_reads_outputs) {
      uses.backward.Include(clock.backward(producer));
    }
  }
  for (const int c : consumers) {
    if (graph.nodes[c].is_elided) continue;
    uses.forward.Include(clock.forward(c));
    if (flow.runs_backward[c] && graph.nodes[c].plan.backward_reads_inputs) {
      uses.backward.Include(clock.backward(c));
    }
  }
  if (consumers.empty() || keep || IsInObjective(graph, value)) {
    uses.forward.Include(clock.end());
  }
  return uses;
}

// Gives a region to the value, after the one that a pass has placed it in.
void AssignRegion(const Graph& graph, const std::vector<bool>& wanted, int v,
                  SharedStorages* shared) {
  if (shared->regions[v].storage >= 0) return;
  const Placement& placement = graph.values[v].placement;
  if (placement.value < 0 || !wanted[placement.value]) {
    shared->regions[v] = {static_cast<int>(shared->storages.size()), 0};
    shared->storages.push_back({graph.values[v].shape, -1});
    return;
  }
  AssignRegion(graph, wanted, placement.value, shared);
  shared->regions[v] = shared->regions[placement.value];
  shared->regions[v].channel_offset += placement.channel_offset;
}

SharedStorages AssignOwnStorages(const Graph& graph,
                                 const std::vector<bool>& wanted) {
  SharedStorages shared;
  shared.regions.resize(graph.values.size());
  for (size_t v = 0; v < graph.values.size(); ++v) {
    if (!wanted[v]) continue;
    AssignRegion(graph, wanted, static_cast<int>(v), &shared);
  }
  return shared;
}

// Whether the value's storage holds nothing but values of its own shape.
bool FillsItsStorage(const Graph& graph, const SharedStorages& shared,
                     int value) {
  const Region& region = shared.regions[value];
  return shared.storages[region.storage].shape == graph.values[value].shape;
}

// Moves everything in the storage `from` to the region `to`.
void MoveStorage(int from, const Region& to, SharedStorages* shared) {
  for (Region& region : shared->regions) {
    if (region.storage == from) region = to;
  }
}

// Whether input 0 may come to lie where output 0 is.
bool MapsOneShapeToItself(const Graph& graph, const Node& node) {
  return !node.is_elided && node.inputs.size() == 1 &&
         graph.values[node.inputs[0]].shape ==
             graph.values[node.outputs[0]].shape;
}

void RunInPlaceForward(const Graph& graph, const std::vector<Uses>& uses,
                       SharedStorages* shared) {
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (!node.plan.can_run_in_place || !MapsOneShapeToItself(graph, node)) {
      continue;
    }
    const int input = node.inputs[0];
    if (graph.nodes[graph.values[input].producer].is_elided ||
        !FillsItsStorage(graph, *shared, input) ||
        uses[input].whole().last > static_cast<int>(n)) {
      continue;
    }
    MoveStorage(shared->regions[input].storage,
                shared->regions[node.outputs[0]], shared);
  }
}

void RunInPlaceBackward(const Graph& graph, const GradientFlow& flow,
                        SharedStorages* shared) {
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (!flow.runs_backward[n] || !node.plan.can_run_backward_in_place ||
        !MapsOneShapeToItself(graph, node)) {
      continue;
    }
    const int input = node.inputs[0], output = node.outputs[0];
    if (!flow.has_gradient[input] || !IsDifferentiable(node, 0) ||
        IsInObjective(graph, input) ||
        graph.nodes[graph.values[input].producer].is_elided ||
        graph.Consumers(input).size() != 1 ||
        !FillsItsStorage(graph, *shared, input)) {
      continue;
    }
    MoveStorage(shared->regions[input].storage, shared->regions[output],
                shared);
  }
}

}  // namespace

SharedStorages ShareDataStorages(const Graph& graph, const GradientFlow& flow,
                                 const LayoutOptions& options) {
  std::vector<bool> wanted;
  std::vector<Uses> uses;
  for (size_t v = 0; v < graph.values.size(); ++v) {
    wanted.push_back(graph.values[v].producer >= 0);
    uses.push_back(wanted[v] ? UsesOf(graph, flow, static_cast<int>(v),
                                      options.keep_all_values)
                             : Uses());
  }
  SharedStorages shared = AssignOwnStorages(graph, wanted);
  if (!options.keep_all_values) {
    RunInPlaceForward(graph, uses, &shared);
  }
  shared.uses.resize(shared.storages.size());
  for (size_t v = 0; v < graph.values.size(); ++v) {
    if (!wanted[v]) continue;
    shared.uses[shared.regions[v].storage].Include(uses[v]);
  }
  return shared;
}

SharedStorages ShareGradientStorages(const Graph& graph,
                                     const GradientFlow& flow,
                                     const LayoutOptions& options) {
  SharedStorages shared = AssignOwnStorages(graph, flow.has_gradient);
  if (!options.keep_all_values) {
    RunInPlaceBackward(graph, flow, &shared);
  }
  shared.uses.resize(shared.storages.size());
  return shared;
}

}  // namespace tamp
