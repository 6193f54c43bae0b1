#include "solvers/class_accuracy.h"

#include <algorithm>

#include "net/graph.h"

namespace tamp {

// Row-major, whatever the strides.
std::vector<float> ClassAccuracy::CopyToHost(const View& view) const {
  const int64_t spatial = view.shape.spatial();
  std::vector<float> host(view.shape.num_elements());
  float* next = host.data();
  for (int64_t n = 0; n < view.shape.num(); ++n) {
    for (int64_t c = 0; c < view.shape.channels(); ++c) {
      device_->CopyToHost(view.strided().at(n, c), spatial * sizeof(float),
                          next);
      next += spatial;
    }
  }
  return host;
}

void ClassAccuracy::OnNode(Net* net, int node_index) {
  const Node& node = net->graph().nodes[node_index];
  if (node.parameter.type() != "Accuracy") return;
  const View scores = net->executor().value(node.inputs[0]);
  const View labels = net->executor().value(node.inputs[1]);
  const int64_t num_classes = static_cast<int64_t>(counts_.size());
  if (scores.shape.num_elements() != scores.shape.num() * num_classes ||
      labels.shape.num_elements() != scores.shape.num()) {
    return;
  }
  const std::vector<float> s = CopyToHost(scores), l = CopyToHost(labels);
  for (int64_t n = 0; n < scores.shape.num(); ++n) {
    const int64_t label = static_cast<int64_t>(l[n]);
    if (label < 0 || label >= num_classes) continue;
    const float* row = &s[n * num_classes];
    const int64_t best = std::max_element(row, row + num_classes) - row;
    ++counts_[label].num_samples;
    counts_[label].num_correct += best == label;
  }
}

}  // namespace tamp
