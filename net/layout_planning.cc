#include "net/layout_planning.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "net/gradient_flow.h"
#include "net/gradient_writes.h"
#include "net/memory_order.h"
#include "net/storage_assignment.h"

namespace tamp {
namespace {

constexpr int64_t kFloatBytes = sizeof(float);

using Kind = BufferRequest::Kind;

// Collects the buffers that the planner places.
class BufferList {
 public:
  explicit BufferList(std::vector<BufferRequest>* buffers)
      : buffers_(*buffers) {}

  // Index of the new buffer; -1 when no bytes are wanted.
  int Add(int64_t bytes, Life life, Kind kind, std::string name) {
    if (bytes == 0 || life.first < 0) return -1;
    BufferRequest request;
    request.bytes = bytes;
    request.first = life.first;
    request.last = life.last;
    request.kind = kind;
    request.name = std::move(name);
    buffers_.push_back(std::move(request));
    return static_cast<int>(buffers_.size()) - 1;
  }

  void AddStorages(const Graph& graph, Kind kind,
                   const StorageAssignment& assignment,
                   std::vector<Storage>* storages) {
    std::vector<std::string> names(assignment.storages.size());
    for (size_t v = 0; v < graph.values.size(); ++v) {
      const Region& region = assignment.regions[v];
      if (region.storage >= 0) names[region.storage] = graph.values[v].name;
    }
    *storages = assignment.storages;
    for (size_t s = 0; s < storages->size(); ++s) {
      Storage& storage = (*storages)[s];
      storage.buffer = Add(storage.num_floats() * kFloatBytes,
                           assignment.lives[s], kind, names[s]);
    }
  }

 private:
  std::vector<BufferRequest>& buffers_;
};

void AddNodeBuffers(const Graph& graph, int n, NodeLayout* layout,
                    BufferList* buffers) {
  const Node& node = graph.nodes[n];
  if (node.is_elided) return;
  const Clock clock(graph);
  const Life forward = {clock.forward(n), clock.forward(n)};
  const Life backward = {clock.backward(n), clock.backward(n)};
  const std::string& name = node.parameter.name();
  Life saved = forward;
  if (layout->runs_backward) saved.Include(clock.backward(n));
  for (const int64_t bytes : node.plan.saved_bytes) {
    layout->saved.push_back(
        buffers->Add(bytes, saved, Kind::kSaved, absl::StrCat(name, " saved")));
  }
  layout->forward_workspace =
      buffers->Add(node.plan.forward_workspace_bytes, forward, Kind::kWorkspace,
                   absl::StrCat(name, " forward"));
  if (layout->runs_backward) {
    layout->backward_workspace =
        buffers->Add(node.plan.backward_workspace_bytes, backward,
                     Kind::kWorkspace, absl::StrCat(name, " backward"));
  }
}

GradientFlow NoGradients(const Graph& graph) {
  GradientFlow flow;
  flow.has_gradient.assign(graph.values.size(), false);
  flow.runs_backward.assign(graph.nodes.size(), false);
  return flow;
}

}  // namespace

MemoryLayout LayOutMemory(const Graph& graph, const LayoutOptions& options) {
  const GradientFlow flow =
      options.with_backward ? FindGradientFlow(graph) : NoGradients(graph);
  MemoryLayout layout;
  BufferList buffers(&layout.buffers);

  StorageAssignment data = AssignDataStorages(graph, flow, options);
  OrderStorages(graph, options.keep_all_values, &data);
  layout.data = data.regions;
  buffers.AddStorages(graph, Kind::kValue, data, &layout.data_storages);

  StorageAssignment gradients = AssignGradientStorages(graph, flow, options);
  layout.nodes = PlanGradientWrites(graph, flow, options, &gradients);
  OrderStorages(graph, options.keep_all_values, &gradients);
  layout.gradient = gradients.regions;
  buffers.AddStorages(graph, Kind::kGradient, gradients,
                      &layout.gradient_storages);

  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    AddNodeBuffers(graph, static_cast<int>(n), &layout.nodes[n], &buffers);
  }
  layout.plan = PlanMemory(layout.buffers);
  return layout;
}

}  // namespace tamp
