#include "tools/runs/data_tops.h"

#include <algorithm>
#include <utility>

#include "core/rng.h"
#include "layers/tensor_copy.h"
#include "net/graph/label_flow.h"

namespace tamp {
namespace {

// As all who use the value as labels allow.
void FindLabels(const std::vector<LabelUse>& uses, int value, DataTop* top) {
  for (const LabelUse& use : uses) {
    if (use.source != value) continue;
    if (top->num_classes == 0) {
      top->num_classes = use.num_classes;
      top->ignored_label = use.ignored_label;
      continue;
    }
    top->num_classes = std::min(top->num_classes, use.num_classes);
    if (top->ignored_label != use.ignored_label) top->ignored_label.reset();
  }
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
  const std::vector<LabelUse> uses = FindLabelUses(graph);
  for (const Node& node : graph.nodes) {
    if (!node.inputs.empty()) continue;
    for (const int value : node.outputs) {
      DataTop top;
      top.name = graph.values[value].name;
      top.view = net->value(value);
      FindLabels(uses, value, &top);
      tops.push_back(std::move(top));
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
