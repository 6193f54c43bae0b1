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
  const Net::Output* accuracy = FindAccuracy(*net);
  if (accuracy == nullptr || node.parameter.type() != "Accuracy" ||
      node.parameter.top(0) != accuracy->name) {
    return;
  }
  const View scores = net->executor().value(node.inputs[0]);
  const View labels = net->executor().value(node.inputs[1]);
  const int64_t num_classes = scores.shape.channels();
  if (scores.shape.spatial() != 1 ||
      labels.shape.num_elements() != scores.shape.num()) {
    return;
  }
  const AccuracyParameter& options = node.parameter.accuracy_param();
  const std::vector<float> s = CopyToHost(scores), l = CopyToHost(labels);
  for (int64_t n = 0; n < scores.shape.num(); ++n) {
    const int64_t label = static_cast<int64_t>(l[n]);
    if (label < 0 || label >= static_cast<int64_t>(counts_.size()) ||
        (options.has_ignore_label() && label == options.ignore_label())) {
      continue;
    }
    const float* row = &s[n * num_classes];
    // As the layer does: of equal scores the label's comes last.
    const int64_t num_better =
        std::count_if(row, row + num_classes,
                      [&](float score) { return score >= row[label]; }) -
        1;
    ++counts_[label].num_samples;
    counts_[label].num_correct += num_better < options.top_k();
  }
}

}  // namespace tamp
