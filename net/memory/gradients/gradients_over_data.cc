#include "net/memory/gradients/gradients_over_data.h"

#include <algorithm>

#include "kernels/grad_mode.h"

namespace tamp {
namespace {

// Whether the value's storage holds nothing else.
bool IsAlone(const SharedStorages& shared, int value) {
  const int storage = shared.regions[value].storage;
  return storage >= 0 &&
         std::count_if(shared.regions.begin(), shared.regions.end(),
                       [&](const Region& region) {
                         return region.storage == storage;
                       }) == 1;
}

bool AreAlike(const Storage& a, const Storage& b) {
  return a.shape == b.shape && a.image_stride == b.image_stride &&
         a.channel_stride == b.channel_stride;
}

}  // namespace

std::vector<int> FindGradientsOverData(const Graph& graph,
                                       const std::vector<NodeLayout>& nodes,
                                       const SharedStorages& data,
                                       const SharedStorages& gradients) {
  const Clock clock(graph);
  std::vector<int> over(gradients.storages.size(), -1);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (!node.plan.can_write_gradient_over_input || !nodes[n].runs_backward ||
        nodes[n].input_grad_modes[0] != GradMode::kWrite) {
      continue;
    }
    const int input = node.inputs[0];
    if (!IsAlone(data, input) || !IsAlone(gradients, input)) continue;
    const int from = data.regions[input].storage;
    const int to = gradients.regions[input].storage;
    const int step = clock.backward(static_cast<int>(n));
    if (data.uses[from].whole().last == step &&
        gradients.uses[to].backward.first == step &&
        AreAlike(data.storages[from], gradients.storages[to])) {
      over[to] = from;
    }
  }
  return over;
}

}  // namespace tamp
