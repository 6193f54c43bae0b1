#include "tools/data_tops.h"

#include <algorithm>
#include <utility>

#include "core/rng.h"
#include "tools/tensor_copy.h"

namespace tamp {
namespace {

// A value that a layer takes behind its differentiable inputs is a label; the
// classes lie along axis 1 of the scores, the layer's first input.
int64_t NumClasses(const Graph& graph, int value) {
  int64_t num_classes = 0;
  for (const Node& node : graph.nodes) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const bool is_label =
          node.inputs[i] == value &&
          static_cast<int>(i) >=
              std::max(node.plan.num_differentiable_inputs, 1);
      if (!is_label) continue;
      const int64_t channels = graph.values[node.inputs[0]].shape.channels();
      num_classes =
          num_classes == 0 ? channels : std::min(num_classes, channels);
    }
  }
  return num_classes;
}

std::vector<float> RandomElements(const DataTop& top, uint64_t seed) {
  RandomStream random(DeriveKey(seed, top.name));
  std::vector<float> elements(top.view.shape.num_elements());
  for (float& element : elements) {
    element = static_cast<float>(
        top.num_classes > 0
            ? random.UniformInt(static_cast<uint32_t>(top.num_classes))
            : random.Normal());
  }
  return elements;
}

}  // namespace

std::vector<DataTop> FindDataTops(Net* net) {
  std::vector<DataTop> tops;
  const Graph& graph = net->graph();
  for (const Node& node : graph.nodes) {
    if (!node.inputs.empty()) continue;
    for (const int value : node.outputs) {
      tops.push_back({graph.values[value].name, net->executor().value(value),
                      NumClasses(graph, value)});
    }
  }
  return tops;
}

RandomData::RandomData(std::vector<DataTop> tops, uint64_t seed)
    : tops_(std::move(tops)) {
  for (const DataTop& top : tops_) {
    elements_.push_back(RandomElements(top, seed));
  }
}

void RandomData::Fill(Device* device) const {
  for (size_t i = 0; i < tops_.size(); ++i) {
    if (tops_[i].view.data == nullptr) continue;
    CopyFromHost(elements_[i], device, tops_[i].view);
  }
}

}  // namespace tamp
