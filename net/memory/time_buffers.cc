#include "net/memory/time_buffers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "net/memory/life.h"
#include "net/memory/place_buffers.h"

namespace tamp {
namespace {

constexpr int64_t kFloatBytes = sizeof(float);

using Kind = BufferRequest::Kind;

// Collects the buffers, in the order in which equal ones are placed.
class BufferList {
 public:
  explicit BufferList(std::vector<BufferRequest>* buffers)
      : buffers_(*buffers) {}

  // Index of the new buffer; -1 when no bytes are wanted.
  int Add(int64_t bytes, Life life, Kind kind, std::string name) {
    if (bytes == 0 || life.is_empty()) return -1;
    BufferRequest request;
    request.bytes = bytes;
    request.life = life;
    request.kind = kind;
    request.name = std::move(name);
    buffers_.push_back(std::move(request));
    return static_cast<int>(buffers_.size()) - 1;
  }

  void AddStorages(const Graph& graph, Kind kind, const SharedStorages& shared,
                   const std::vector<Life>& lives,
                   std::vector<Storage>* storages) {
    std::vector<std::string> names(shared.storages.size());
    for (size_t v = 0; v < graph.values.size(); ++v) {
      const Region& region = shared.regions[v];
      if (region.storage >= 0) names[region.storage] = graph.values[v].name;
    }
    *storages = shared.storages;
    for (size_t s = 0; s < storages->size(); ++s) {
      Storage& storage = (*storages)[s];
      storage.buffer =
          Add(storage.num_floats() * kFloatBytes, lives[s], kind, names[s]);
    }
  }

  // Of data that is made again for backward.
  void AddSecondBuffers(const std::vector<Life>& lives,
                        std::vector<Storage>* storages) {
    for (size_t s = 0; s < storages->size(); ++s) {
      Storage& storage = (*storages)[s];
      if (lives[s].is_empty() || storage.buffer < 0) continue;
      const BufferRequest first = buffers_[storage.buffer];
      storage.second_buffer =
          Add(first.bytes, lives[s], first.kind, first.name);
    }
  }

 private:
  std::vector<BufferRequest>& buffers_;
};

// Per node: the steps from its forward until it has run for the last time.
std::vector<Life> NodeLives(const Graph& graph,
                            const std::vector<NodeLayout>& nodes) {
  const Clock clock(graph);
  std::vector<Life> lives(nodes.size());
  for (size_t n = 0; n < nodes.size(); ++n) {
    lives[n].Include(clock.forward(n));
    if (!nodes[n].runs_backward) continue;
    lives[n].Include(clock.backward(n));
    for (const int again : nodes[n].recomputed_before_backward) {
      lives[again].Include(clock.backward(n));
    }
  }
  return lives;
}

// Of a node's backward, and of what runs again before it.
int64_t BackwardWorkspaceBytes(const Graph& graph, int n,
                               const NodeLayout& layout) {
  int64_t bytes = graph.nodes[n].plan.backward_workspace_bytes;
  for (const int again : layout.recomputed_before_backward) {
    bytes = std::max(bytes, graph.nodes[again].plan.forward_workspace_bytes);
  }
  return bytes;
}

void AddNodeBuffers(const Graph& graph, int n, const Life& life,
                    NodeLayout* layout, BufferList* buffers) {
  const Node& node = graph.nodes[n];
  if (node.is_elided) return;
  const Clock clock(graph);
  const Life forward = {clock.forward(n), clock.forward(n)};
  const Life backward = {clock.backward(n), clock.backward(n)};
  const std::string& name = node.parameter.name();
  for (const int64_t bytes : node.plan.saved_bytes) {
    layout->saved.push_back(
        buffers->Add(bytes, life, Kind::kSaved, absl::StrCat(name, " saved")));
  }
  for (int i = 0; i < node.plan.num_mean_outputs; ++i) {
    const int64_t bytes = node.plan.outputs[i].num_elements() * kFloatBytes;
    layout->counts.push_back(buffers->Add(
        bytes, {clock.forward(n), clock.end()}, Kind::kValue,
        absl::StrCat(graph.values[node.outputs[i]].name, " counts")));
  }
  layout->forward_workspace =
      buffers->Add(node.plan.forward_workspace_bytes, forward, Kind::kWorkspace,
                   absl::StrCat(name, " forward"));
  if (layout->runs_backward) {
    layout->backward_workspace =
        buffers->Add(BackwardWorkspaceBytes(graph, n, *layout), backward,
                     Kind::kWorkspace, absl::StrCat(name, " backward"));
  }
}

// A gradient that lies over its data makes the data's buffer live on: the
// second one, where the data was made again. Returns the lives of the other
// gradients; those have none.
std::vector<Life> TimeGradients(const SharedMemory& shared,
                                RecomputationSchedule* schedule) {
  std::vector<Life> lives(shared.gradients.storages.size());
  for (size_t s = 0; s < lives.size(); ++s) {
    const Life life = shared.gradients.uses[s].whole();
    const int over = shared.gradients_over_data[s];
    if (over < 0) {
      lives[s] = life;
      continue;
    }
    Life& second = schedule->second[over];
    (second.is_empty() ? schedule->first[over] : second).Include(life);
  }
  return lives;
}

void PutGradientsOverData(const std::vector<int>& gradients_over_data,
                          MemoryLayout* layout) {
  for (size_t s = 0; s < gradients_over_data.size(); ++s) {
    if (gradients_over_data[s] < 0) continue;
    const Storage& data = layout->data_storages[gradients_over_data[s]];
    layout->gradient_storages[s].buffer =
        data.second_buffer >= 0 ? data.second_buffer : data.buffer;
  }
}

}  // namespace

MemoryLayout TimeBuffers(const Graph& graph, const SharedMemory& shared,
                         RecomputationSchedule schedule) {
  const std::vector<Life> gradient_lives = TimeGradients(shared, &schedule);
  MemoryLayout layout;
  BufferList buffers(&layout.buffers);
  layout.data = shared.data.regions;
  buffers.AddStorages(graph, Kind::kValue, shared.data, schedule.first,
                      &layout.data_storages);
  buffers.AddSecondBuffers(schedule.second, &layout.data_storages);
  layout.gradient = shared.gradients.regions;
  buffers.AddStorages(graph, Kind::kGradient, shared.gradients, gradient_lives,
                      &layout.gradient_storages);
  PutGradientsOverData(shared.gradients_over_data, &layout);

  layout.nodes = shared.nodes;
  for (size_t n = 0; n < layout.nodes.size(); ++n) {
    layout.nodes[n].recomputed_before_backward =
        std::move(schedule.before_backward[n]);
  }
  const std::vector<Life> lives = NodeLives(graph, layout.nodes);
  for (size_t n = 0; n < layout.nodes.size(); ++n) {
    AddNodeBuffers(graph, static_cast<int>(n), lives[n], &layout.nodes[n],
                   &buffers);
  }
  return layout;
}

}  // namespace tamp
